package pulsewire.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.util.List;

/** Netty's decoder, which also tells of the octets of a frame that is not complete [PW-WS-7]. */
final class WebSocketDecoder extends WebSocket13FrameDecoder {
  private static final int FIRST_CONTROL_OPCODE = 8;

  private boolean betweenFrames = true;
  private boolean inData;

  WebSocketDecoder(boolean masked, int maxFrameBytes) {
    super(
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(masked)
            .maxFramePayloadLength(maxFrameBytes)
            .closeOnProtocolViolation(false) // a Close comes first [PW-WS-9]
            .build());
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    if (betweenFrames && in.isReadable()) {
      inData = (in.getByte(in.readerIndex()) & 0x0f) < FIRST_CONTROL_OPCODE;
    }
    int before = out.size();
    super.decode(context, in, out);
    betweenFrames = out.size() > before;
    if (!betweenFrames && inData) {
      context.fireUserEventTriggered(SocketEvent.OCTETS);
    }
  }
}
