package pulsewire.transport;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import pulsewire.v1.Service;

/**
 * Frames over calls of {@code LivenessService.Connect}, one connection a call [PW-GRPC-1]. All
 * callbacks run on the event loop of the transport, so that a link needs no locks.
 */
public final class Grpc implements Transport {
  private static final int CONNECT_TIMEOUT_S = 5;

  /** With frames as octets: it is the state machine that judges whether they are any. */
  static final MethodDescriptor<byte[], byte[]> CONNECT = connect();

  private static MethodDescriptor<byte[], byte[]> connect() {
    var service = Service.getDescriptor().findServiceByName("LivenessService");
    var method = service.findMethodByName("Connect");
    var octets = new OctetMarshaller();
    return MethodDescriptor.newBuilder(octets, octets)
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(
            MethodDescriptor.generateFullMethodName(service.getFullName(), method.getName()))
        .build();
  }

  @Override
  public <H extends Link.Handler> CompletableFuture<H> dial(
      EventLoop loop, InetSocketAddress address, int maxFrameBytes, Function<Link, H> open) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address)
            .eventLoopGroup(loop)
            .channelType(NioSocketChannel.class, InetSocketAddress.class)
            .directExecutor()
            .disableRetry()
            .usePlaintext()
            .maxInboundMessageSize(maxFrameBytes) // [PW-LIM-1]
            .build();
    var dialled = new CompletableFuture<H>();
    var timeout =
        loop.schedule(
            () -> dialled.completeExceptionally(new IOException("connect timeout")),
            CONNECT_TIMEOUT_S,
            TimeUnit.SECONDS);
    dialled.whenComplete(
        (opened, failure) -> {
          timeout.cancel(false);
          if (failure != null) {
            channel.shutdownNow();
          }
        });
    Runnable start = () -> dialled.complete(new GrpcClientLink(loop, channel).start(open));
    loop.execute(() -> whenReady(loop, channel, dialled, start));
    return dialled;
  }

  /** A call may be started before its channel is connected, but would then fail only later. */
  private static void whenReady(
      EventLoop loop, ManagedChannel channel, CompletableFuture<?> dialled, Runnable start) {
    if (dialled.isDone()) {
      return;
    }
    ConnectivityState state = channel.getState(true);
    switch (state) {
      case READY -> start.run();
      case TRANSIENT_FAILURE, SHUTDOWN ->
          dialled.completeExceptionally(new IOException("cannot connect"));
      default ->
          channel.notifyWhenStateChanged(
              state, () -> loop.execute(() -> whenReady(loop, channel, dialled, start)));
    }
  }

  @Override
  public Listener listen(
      EventLoop loop,
      InetSocketAddress address,
      int maxFrameBytes,
      Function<Link, ? extends Link.Handler> open)
      throws IOException {
    var service =
        ServerServiceDefinition.builder(CONNECT.getServiceName())
            .addMethod(CONNECT, (call, headers) -> new GrpcServerLink(loop, call).start(open))
            .build();
    Server server =
        NettyServerBuilder.forAddress(address)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .channelType(NioServerSocketChannel.class)
            .withChildOption(ChannelOption.TCP_NODELAY, true)
            .directExecutor()
            .maxInboundMessageSize(maxFrameBytes) // [PW-LIM-1]
            .addStreamTracerFactory(new CallTracer.Factory())
            .addService(service)
            .build()
            .start();
    return new Listener() {
      @Override
      public InetSocketAddress address() {
        return new InetSocketAddress(address.getAddress(), server.getPort());
      }

      @Override
      public void close() {
        server.shutdown();
      }
    };
  }
}
