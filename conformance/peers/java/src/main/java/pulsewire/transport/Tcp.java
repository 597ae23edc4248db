package pulsewire.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flow.FlowControlHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** Frames over TCP, each behind its length. */
public final class Tcp implements Transport {
  private static final int CONNECT_TIMEOUT_MS = 5000;

  @Override
  public <H extends Link.Handler> CompletableFuture<H> dial(
      EventLoop loop, InetSocketAddress address, int maxFrameBytes, Function<Link, H> open) {
    var dialled = new CompletableFuture<H>();
    Function<Link, H> opening = link -> opened(dialled, open.apply(link));
    connect(loop, address, dialled, channel -> build(channel, maxFrameBytes, opening));
    return dialled;
  }

  @Override
  public Listener listen(
      EventLoop loop,
      InetSocketAddress address,
      int maxFrameBytes,
      Function<Link, ? extends Link.Handler> open)
      throws IOException {
    return bind(loop, address, channel -> build(channel, maxFrameBytes, open));
  }

  private static void build(
      Channel channel, int maxFrameBytes, Function<Link, ? extends Link.Handler> open) {
    channel
        .pipeline()
        .addLast(
            new SocketProgress(),
            new LengthDecoder(maxFrameBytes),
            new FlowControlHandler(),
            new TcpLink(open));
  }

  static <H> H opened(CompletableFuture<H> dialled, H handler) {
    dialled.complete(handler);
    return handler;
  }

  /** Connects a channel; what fails before {@code dialled} is complete, fails it. */
  static void connect(
      EventLoop loop,
      InetSocketAddress address,
      CompletableFuture<?> dialled,
      Consumer<Channel> build) {
    var connecting =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true) // [PW-TCP-7]
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
            .handler(initializer(build))
            .connect(address);
    connecting.addListener(
        connected -> {
          if (!connected.isSuccess()) {
            dialled.completeExceptionally(connected.cause());
          }
        });
    connecting
        .channel()
        .closeFuture()
        .addListener(closed -> dialled.completeExceptionally(new IOException("closed")));
  }

  static Listener bind(EventLoop loop, InetSocketAddress address, Consumer<Channel> build)
      throws IOException {
    var binding =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true) // [PW-TCP-7]
            .childHandler(initializer(build))
            .bind(address)
            .awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new IOException("cannot listen on " + address, binding.cause());
    }
    Channel channel = binding.channel();
    return new Listener() {
      @Override
      public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }

  private static ChannelInitializer<Channel> initializer(Consumer<Channel> build) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        build.accept(channel);
      }
    };
  }
}
