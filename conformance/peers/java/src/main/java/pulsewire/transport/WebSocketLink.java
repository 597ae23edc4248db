package pulsewire.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Function;
import pulsewire.core.LinkEnd;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** A WebSocket as a link: each frame is one binary message [PW-WS-3]. */
final class WebSocketLink extends ChannelLink<WebSocketFrame> {
  private static final int NO_STATUS = 1005;

  private final int maxFrameBytes;
  private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
  private boolean closeFrameSent;

  WebSocketLink(int maxFrameBytes, Function<Link, ? extends Handler> open) {
    super(open);
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    opened(context); // [PW-WS-8]
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame)
      throws IOException {
    if (frame instanceof BinaryWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
      handler().onOctets();
      message(frame);
    } else if (frame instanceof TextWebSocketFrame) {
      handler().onViolation(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "a text message"); // [PW-WS-4]
    } else if (frame instanceof PingWebSocketFrame && context.channel().isWritable()) {
      // [PW-WS-6]; a peer that does not read its pongs gets no more of them
      context.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
    } else if (frame instanceof CloseWebSocketFrame close) {
      closedByPeer(close.statusCode() < 0 ? NO_STATUS : close.statusCode());
    }
  }

  private void message(WebSocketFrame fragment) throws IOException {
    if (fragments.size() + fragment.content().readableBytes() > maxFrameBytes) {
      handler().onViolation(CloseCode.CLOSE_CODE_FRAME_TOO_LARGE, "frame too large");
      return;
    }
    fragment.content().readBytes(fragments, fragment.content().readableBytes());
    if (fragment.isFinalFragment()) {
      byte[] frame = fragments.toByteArray();
      fragments.reset();
      handler().onFrame(frame);
    }
  }

  private void closedByPeer(int status) {
    closed(CloseMapping.fromWebSocket(status));
    if (closeFrameSent) {
      context().close();
    } else {
      var answer =
          status == NO_STATUS ? new CloseWebSocketFrame() : new CloseWebSocketFrame(status, "");
      context().writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  BinaryWebSocketFrame encode(byte[] frame) {
    return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(frame));
  }

  @Override
  ChannelFuture finishWriting(int code) {
    closeFrameSent = true;
    var written =
        context().writeAndFlush(new CloseWebSocketFrame(CloseMapping.toWebSocket(code), ""));
    if (code == CloseCode.CLOSE_CODE_HEARTBEAT_TIMEOUT_VALUE) {
      written.addListener(ChannelFutureListener.CLOSE); // who is down is not waited for [PW-LIV-6]
    }
    return written;
  }

  @Override
  LinkEnd endOfStream() {
    return LinkEnd.FAILED; // without a close frame: 1006
  }

  @Override
  FrameException violation(Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      boolean tooLong = WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(corrupted.closeStatus());
      CloseCode code =
          tooLong ? CloseCode.CLOSE_CODE_FRAME_TOO_LARGE : CloseCode.CLOSE_CODE_PROTOCOL_ERROR;
      return new FrameException(code, corrupted.getMessage());
    }
    return super.violation(cause);
  }
}
