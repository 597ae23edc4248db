package pulsewire.core;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Joins the parts of a message in the order of their arrival [PW-DAT-2]. */
final class Assembly {
  private final int maxMessageBytes;

  /** The parts that are there; null between two messages. */
  private ByteArrayOutputStream begun;

  Assembly(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /** True if the message would become too long with this part. */
  boolean exceeds(ByteString part) {
    long before = begun == null ? 0 : begun.size();
    return before + part.size() > maxMessageBytes; // [PW-LIM-2]
  }

  /** Adds a part; the message if it is whole, or else null. */
  byte[] add(ByteString part, boolean more) {
    if (begun == null && !more) {
      return part.toByteArray();
    }
    if (begun == null) {
      begun = new ByteArrayOutputStream();
    }
    try {
      part.writeTo(begun);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    if (more) {
      return null;
    }
    byte[] message = begun.toByteArray();
    begun = null;
    return message;
  }
}
