package pulsewire.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Frames over WebSocket, without compression [PW-WS-5]. */
public final class WebSocket implements Transport {
  private static final String SUBPROTOCOL = "pulsewire.v1";
  private static final int LONGEST_HANDSHAKE_BODY = 8192;
  private static final int HANDSHAKE_TIMEOUT_S = 10;
  private static final String TIMEOUT = "handshake-timeout";

  @Override
  public <H extends Link.Handler> CompletableFuture<H> dial(
      EventLoop loop, InetSocketAddress address, int maxFrameBytes, Function<Link, H> open) {
    var dialled = new CompletableFuture<H>();
    Function<Link, H> opening = link -> Tcp.opened(dialled, open.apply(link));
    String authority = address.getHostString() + ":" + address.getPort();
    var client = new Client(URI.create("ws://" + authority + "/"), maxFrameBytes, dialled, opening);
    Tcp.connect(loop, address, dialled, channel -> build(channel, new HttpClientCodec(), client));
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
        channel -> build(channel, new HttpServerCodec(), new Server(maxFrameBytes, open)));
  }

  private static void build(
      Channel channel,
      io.netty.channel.ChannelHandler codec,
      io.netty.channel.ChannelHandler shake) {
    channel
        .pipeline()
        .addLast(new SocketProgress())
        .addLast(TIMEOUT, new ReadTimeoutHandler(HANDSHAKE_TIMEOUT_S, TimeUnit.SECONDS))
        .addLast(codec, new HttpObjectAggregator(LONGEST_HANDSHAKE_BODY), shake);
  }

  /** Puts the link in the place of the handshake. */
  private static void finish(ChannelHandlerContext context, WebSocketLink link) {
    context.pipeline().remove(TIMEOUT);
    context.pipeline().addLast(new FlowControlHandler(), link);
    context.pipeline().remove(context.handler());
  }

  private static final class Client extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final int maxFrameBytes;
    private final CompletableFuture<?> dialled;
    private final Function<Link, ? extends Link.Handler> open;
    private final WebSocketClientHandshaker handshaker;

    Client(
        URI uri,
        int maxFrameBytes,
        CompletableFuture<?> dialled,
        Function<Link, ? extends Link.Handler> open) {
      this.maxFrameBytes = maxFrameBytes;
      this.dialled = dialled;
      this.open = open;
      this.handshaker =
          new WebSocketClientHandshaker13(
              uri,
              WebSocketVersion.V13,
              SUBPROTOCOL,
              false,
              new DefaultHttpHeaders(),
              maxFrameBytes) {
            @Override
            protected WebSocketFrameDecoder newWebsocketDecoder() {
              return new WebSocketDecoder(false, maxFramePayloadLength());
            }
          };
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      handshaker.handshake(context.channel()); // [PW-WS-1]
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      handshaker.finishHandshake(context.channel(), response); // [PW-WS-2]: or it throws
      finish(context, new WebSocketLink(maxFrameBytes, open));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      dialled.completeExceptionally(cause);
      context.close();
    }
  }

  private static final class Server extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final int maxFrameBytes;
    private final Function<Link, ? extends Link.Handler> open;

    Server(int maxFrameBytes, Function<Link, ? extends Link.Handler> open) {
      this.maxFrameBytes = maxFrameBytes;
      this.open = open;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      var offered =
          request.headers().getAllAsString(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
              .flatMap(line -> java.util.Arrays.stream(line.split(",")))
              .map(String::trim);
      String version = WebSocketVersion.V13.toHttpHeaderValue();
      boolean versionFits =
          request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, version, false);
      if (!versionFits || offered.noneMatch(SUBPROTOCOL::equals)) {
        refuse(context); // [PW-WS-1]
        return;
      }
      var config = WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(maxFrameBytes).build();
      var handshaker =
          new WebSocketServerHandshaker13(null, SUBPROTOCOL, config) {
            @Override
            protected WebSocketFrameDecoder newWebsocketDecoder() {
              return new WebSocketDecoder(true, maxFrameBytes);
            }
          };
      try {
        handshaker
            .handshake(context.channel(), request)
            .addListener(
                done -> {
                  if (done.isSuccess()) {
                    finish(context, new WebSocketLink(maxFrameBytes, open));
                  }
                });
      } catch (WebSocketHandshakeException notWebSocket) {
        refuse(context);
      }
    }

    private static void refuse(ChannelHandlerContext context) {
      var response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
