package pulsewire.transport;

import io.netty.util.concurrent.EventExecutor;
import pulsewire.core.LinkEnd;
import pulsewire.v1.FrameOuterClass.CloseCode;

/**
 * One open transport connection that carries whole frames. Everything happens on its executor, one
 * thing after the other: its methods are called there, and so are those of its handler.
 */
public interface Link {
  /**
   * Also the executor of timers: a task that it runs next time comes after a look at the socket.
   */
  EventExecutor executor();

  /**
   * Hands over a frame. False: it was taken, and no further one is before {@link
   * Handler#onWritable}.
   */
  boolean send(byte[] frame);

  /** Reads from the transport, or leaves there what arrives. */
  void setReading(boolean reading);

  /** Ends this direction behind what was sent, with the transport's own word for the Close code. */
  void finish(int code);

  /** Lets go at once, whatever is still on its way. */
  void abort(int code);

  /** What a link tells. */
  interface Handler {
    /** Octets of the peer have arrived that are life, whether they complete a frame or not. */
    void onOctets();

    void onFrame(byte[] frame);

    /** The peer did what the binding forbids. */
    void onViolation(CloseCode code, String reason);

    /** The transport took some of the octets that wait. */
    void onProgress();

    void onWritable();

    /** The transport, or the peer's direction of it, has ended. Nothing but this comes after. */
    void onClosed(LinkEnd end);
  }
}
