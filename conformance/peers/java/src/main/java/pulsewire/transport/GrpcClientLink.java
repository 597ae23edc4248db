package pulsewire.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import java.util.function.Function;

/** A call that this side has started, the only one of its channel. */
final class GrpcClientLink extends GrpcLink {
  private final ManagedChannel channel;
  private final ClientCall<byte[], byte[]> call;

  GrpcClientLink(EventLoop loop, ManagedChannel channel) {
    super(loop);
    this.channel = channel;
    call = channel.newCall(Grpc.CONNECT, CallOptions.DEFAULT.withOnReadyThreshold(READY_THRESHOLD));
  }

  /** Open as soon as the call is started [PW-GRPC-4]. */
  <H extends Handler> H start(Function<Link, H> open) {
    call.start(new Listener(), new Metadata());
    return opened(open);
  }

  @Override
  void request() {
    call.request(1);
  }

  @Override
  void sendMessage(byte[] message) {
    call.sendMessage(message);
  }

  @Override
  boolean isReady() {
    return call.isReady();
  }

  @Override
  public void finish(int code) {
    setReading(true); // or the end of the peer's direction would never be seen
    call.halfClose(); // [PW-GRPC-6]
  }

  @Override
  public void abort(int code) {
    call.cancel("aborted", null);
  }

  private final class Listener extends ClientCall.Listener<byte[]> {
    @Override
    public void onMessage(byte[] message) {
      received(message);
    }

    @Override
    public void onReady() {
      ready();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      channel.shutdownNow();
      closed(CloseMapping.fromStatus(status));
    }
  }
}
