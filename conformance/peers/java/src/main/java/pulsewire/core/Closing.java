package pulsewire.core;

import java.nio.charset.StandardCharsets;
import pulsewire.v1.FrameOuterClass.Close;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** This side's Close, and how long it and the end of the transport are waited for [PW-CLS-8]. */
final class Closing {
  private static final int LONGEST_REASON = 512;

  private final Close.Builder close;
  private final long timeout;
  private long since;
  private boolean sent;

  /** A code of 0 is never sent: it is NORMAL. */
  Closing(int code, String reason, long timeout, long now) {
    int codeToSend = code == 0 ? CloseCode.CLOSE_CODE_NORMAL_VALUE : code; // [PW-CLS-10]
    this.close = Close.newBuilder().setCodeValue(codeToSend).setReason(cut(reason));
    this.timeout = timeout;
    this.since = now;
  }

  /** Cuts to the longest that may be sent, between two characters [PW-CLS-6]. */
  private static String cut(String reason) {
    byte[] octets = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(octets.length, LONGEST_REASON);
    while (length < octets.length && (octets[length] & 0xc0) == 0x80) {
      length--;
    }
    return new String(octets, 0, length, StandardCharsets.UTF_8);
  }

  Close.Builder close() {
    return close;
  }

  int code() {
    return close.getCodeValue();
  }

  boolean isSent() {
    return sent;
  }

  /** Close has been handed to the transport, or none is to be sent any more. */
  void sent(long now) {
    sent = true;
    since = now;
  }

  /** When waiting is over: counted from the Close, or before it from the last octet that went. */
  long by(long acceptedAt) {
    return (sent ? since : Math.max(since, acceptedAt)) + timeout;
  }
}
