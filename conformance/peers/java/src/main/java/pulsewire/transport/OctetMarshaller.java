package pulsewire.transport;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Frames cross gRPC as the octets that they are. */
final class OctetMarshaller implements MethodDescriptor.Marshaller<byte[]> {
  /**
   * No frame: to "send" it resets the stream. A server of grpc-java has no other way to, and a
   * status would wait behind all the data that a blocked peer does not take.
   */
  static final byte[] RESET = new byte[0];

  @Override
  public InputStream stream(byte[] frame) {
    if (frame == RESET) {
      throw Status.ABORTED.asRuntimeException();
    }
    return new ByteArrayInputStream(frame);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readAllBytes();
    } catch (IOException failure) {
      throw Status.INTERNAL.withCause(failure).asRuntimeException();
    }
  }
}
