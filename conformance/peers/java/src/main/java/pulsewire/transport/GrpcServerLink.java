package pulsewire.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import java.util.function.Function;
import pulsewire.core.LinkEnd;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** A call that this side has accepted. */
final class GrpcServerLink extends GrpcLink {
  private final ServerCall<byte[], byte[]> call;
  private final CallTracer tracer = CallTracer.current();

  /** The status to end with when the time for it has come; null before that. */
  private Status status;

  private boolean halfClosed;
  private boolean ended;

  GrpcServerLink(EventLoop loop, ServerCall<byte[], byte[]> call) {
    super(loop);
    this.call = call;
    call.setOnReadyThreshold(READY_THRESHOLD);
  }

  ServerCall.Listener<byte[]> start(Function<Link, ? extends Handler> open) {
    call.sendHeaders(new Metadata()); // [PW-GRPC-3]
    opened(open);
    return new Listener();
  }

  @Override
  void request() {
    call.request(1);
  }

  @Override
  void sendMessage(byte[] message) {
    if (!ended) {
      call.sendMessage(message);
    }
  }

  @Override
  boolean isReady() {
    return call.isReady();
  }

  @Override
  public void finish(int code) {
    status = CloseMapping.toStatus(code);
    setReading(true); // or the end of the peer's direction would never be seen
    endIfDue();
  }

  /**
   * A status other than OK makes some clients throw away the Close before it, so it waits for the
   * half-close [PW-GRPC-6]. Any status waits for the Close to go out: a call that has been ended
   * can no longer be reset.
   */
  private void endIfDue() {
    if (status != null && (status.isOk() || halfClosed) && call.isReady()) {
      end();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      call.close(status, new Metadata());
    }
  }

  @Override
  public void abort(int code) {
    if (ended) {
      return;
    }
    if (call.isReady()) {
      status = CloseMapping.toStatus(code);
      end();
    } else {
      ended = true;
      call.sendMessage(OctetMarshaller.RESET);
    }
  }

  private final class Listener extends ServerCall.Listener<byte[]> {
    @Override
    public void onMessage(byte[] message) {
      received(message);
    }

    @Override
    public void onReady() {
      endIfDue();
      ready();
    }

    @Override
    public void onHalfClose() {
      halfClosed = true;
      if (status == null) {
        closed(LinkEnd.PEER_CLOSED); // [PW-GRPC-2]
        abort(CloseCode.CLOSE_CODE_NORMAL_VALUE);
      } else {
        endIfDue();
      }
    }

    @Override
    public void onCancel() {
      if (tracer.status().getCode() == Status.Code.RESOURCE_EXHAUSTED && !ended) {
        // A message was too long, and gRPC resets the call when this method returns: the status
        // that is written here goes out before that, a Close would not [PW-GRPC-8].
        status = Status.RESOURCE_EXHAUSTED;
        end();
        tooLong();
      }
      ended = true;
      closed(LinkEnd.FAILED);
    }

    @Override
    public void onComplete() {
      closed(LinkEnd.PEER_CLOSED);
    }
  }
}
