package pulsewire.testee;

import com.google.protobuf.InvalidProtocolBufferException;
import pulsewire.core.LinkEnd;
import pulsewire.transport.Link;
import pulsewire.v1.FrameOuterClass.CloseCode;
import pulsewire.v1.FrameOuterClass.Frame;

/**
 * Makes a passive connection a peer from before heartbeats: it never hears one, so it never adopts,
 * never answers and never sends one. It does not judge by octets either.
 */
record LegacyFilter(Link.Handler connection) implements Link.Handler {
  @Override
  public void onFrame(byte[] frame) {
    if (!isHeartbeat(frame)) {
      connection.onFrame(frame);
    }
  }

  private static boolean isHeartbeat(byte[] frame) {
    try {
      return Frame.parseFrom(frame).hasHeartbeat();
    } catch (InvalidProtocolBufferException malformed) {
      return false;
    }
  }

  @Override
  public void onOctets() {
    // They would begin the time limit of the first frame, which may be a heartbeat.
  }

  @Override
  public void onViolation(CloseCode code, String reason) {
    connection.onViolation(code, reason);
  }

  @Override
  public void onProgress() {
    connection.onProgress();
  }

  @Override
  public void onWritable() {
    connection.onWritable();
  }

  @Override
  public void onClosed(LinkEnd end) {
    connection.onClosed(end);
  }
}
