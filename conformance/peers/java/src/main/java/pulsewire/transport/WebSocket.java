package pulsewire.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Frames over WebSocket, without compression [PW-WS-5]. */
public final class WebSocket implements Transport {
  static final String SUBPROTOCOL = "pulsewire.v1";

  private static final int LONGEST_HANDSHAKE_BODY = 8192;

  @Override
  public <H extends Link.Handler> CompletableFuture<H> dial(
      EventLoop loop, InetSocketAddress address, int maxFrameBytes, Function<Link, H> open) {
    var dialled = new CompletableFuture<H>();
    Function<Link, H> opening = link -> Tcp.opened(dialled, open.apply(link));
    var uri = URI.create("ws://" + address.getHostString() + ":" + address.getPort() + "/");
    Tcp.connect(
        loop,
        address,
        dialled,
        channel ->
            build(
                channel,
                new HttpClientCodec(),
                new ClientHandshake(uri, maxFrameBytes, opening, dialled)));
    return dialled;
  }

  @Override
  public Listener listen(
      EventLoop loop,
      InetSocketAddress address,
      int maxFrameBytes,
      Function<Link, ? extends Link.Handler> open)
      throws IOException {
    return Tcp.bind(
        loop,
        address,
        channel -> build(channel, new HttpServerCodec(), new ServerHandshake(maxFrameBytes, open)));
  }

  private static void build(Channel channel, ChannelHandler codec, Handshake<?> handshake) {
    channel
        .pipeline()
        .addLast(
            new SocketProgress(),
            codec,
            new HttpObjectAggregator(LONGEST_HANDSHAKE_BODY),
            handshake);
  }
}
