package pulsewire.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.Function;
import pulsewire.core.LinkEnd;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** What a call is to both of its ends. */
abstract class GrpcLink implements Link {
  /** Ready means that all went out: otherwise gRPC hides 32 KiB that heartbeats cannot overtake. */
  static final int READY_THRESHOLD = 1;

  private final EventLoop loop;
  private Handler handler;
  private boolean full;
  private boolean reading = true;
  private boolean requested;

  GrpcLink(EventLoop loop) {
    this.loop = loop;
  }

  /** Asks gRPC for one more message. */
  abstract void request();

  abstract void sendMessage(byte[] message);

  abstract boolean isReady();

  final <H extends Handler> H opened(Function<Link, H> open) {
    H opened = open.apply(this);
    handler = opened;
    requestNext();
    return opened;
  }

  @Override
  public final EventExecutor executor() {
    return loop;
  }

  @Override
  public final boolean send(byte[] frame) {
    sendMessage(frame);
    full = !isReady();
    return !full;
  }

  void ready() {
    if (full && isReady()) {
      full = false;
      handler.onWritable();
    }
  }

  @Override
  public final void setReading(boolean on) {
    reading = on;
    requestNext();
  }

  final void received(byte[] frame) {
    requested = false;
    handler.onFrame(frame);
    requestNext();
  }

  final void tooLong() {
    handler.onViolation(CloseCode.CLOSE_CODE_FRAME_TOO_LARGE, "frame too large"); // [PW-LIM-1]
  }

  private void requestNext() {
    if (reading && !requested && handler != null) {
      requested = true;
      request();
    }
  }

  /** On the loop's next turn if gRPC says so before there is a handler. */
  final void closed(LinkEnd end) {
    if (handler == null) {
      loop.execute(() -> closed(end));
    } else {
      handler.onClosed(end);
    }
  }
}
