package pulsewire.core;

import com.google.protobuf.InvalidProtocolBufferException;
import pulsewire.v1.FrameOuterClass.Frame;

/** Tells frames from malformed ones [PW-FRM-3]. */
final class FrameDecoder {
  static Frame decode(byte[] octets) throws InvalidProtocolBufferException {
    Frame frame = Frame.parseFrom(octets);
    if (frame.getVersion() == 0) {
      throw new InvalidProtocolBufferException("a frame without a version");
    }
    return frame;
  }

  private FrameDecoder() {}
}
