package pulsewire.transport;

import io.netty.handler.codec.DecoderException;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** The peer's octets cannot be cut into frames. */
final class FrameException extends DecoderException {
  private static final long serialVersionUID = 1L;

  private final CloseCode code;

  FrameException(CloseCode code, String message) {
    super(message);
    this.code = code;
  }

  CloseCode code() {
    return code;
  }
}
