package pulsewire.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** Cuts a byte stream into frames, each behind its length as a varint [PW-TCP-1, PW-TCP-3]. */
final class LengthDecoder extends ByteToMessageDecoder {
  private static final int MOST_OCTETS_OF_LENGTH = 5;

  private final int maxFrameBytes;
  private boolean failed;

  LengthDecoder(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object octets) throws Exception {
    context.fireUserEventTriggered(SocketEvent.OCTETS); // [PW-TCP-5]
    super.channelRead(context, octets);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (failed) {
      in.skipBytes(in.readableBytes());
      return;
    }
    long length = 0;
    for (int index = 0; index < in.readableBytes(); index++) {
      int octet = in.getByte(in.readerIndex() + index);
      length |= (octet & 0x7fL) << (7 * index);
      if (octet >= 0) {
        frame(in, index + 1, length, out);
        return;
      }
      if (index + 1 == MOST_OCTETS_OF_LENGTH) {
        throw failure(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "a length without end"); // [PW-TCP-4]
      }
    }
  }

  private void frame(ByteBuf in, int prefix, long length, List<Object> out) {
    if (length > 0xffff_ffffL) {
      throw failure(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "a length above 32 bits"); // [PW-TCP-4]
    }
    if (length > maxFrameBytes) {
      throw failure(CloseCode.CLOSE_CODE_FRAME_TOO_LARGE, "frame too large"); // [PW-LIM-1]
    }
    if (in.readableBytes() >= prefix + length) {
      byte[] frame = new byte[(int) length];
      in.skipBytes(prefix).readBytes(frame);
      out.add(frame);
    }
  }

  private FrameException failure(CloseCode code, String message) {
    failed = true;
    return new FrameException(code, message);
  }
}
