package pulsewire.transport;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.util.function.Function;

/** Accepts who offers the subprotocol. */
final class ServerHandshake extends Handshake<FullHttpRequest> {
  ServerHandshake(int maxFrameBytes, Function<Link, ? extends Link.Handler> open) {
    super(maxFrameBytes, open);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (!isOurs(request.headers())) {
      refuse(context); // [PW-WS-1]
      return;
    }
    // Netty selects among the first line of these headers only.
    request.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, WebSocket.SUBPROTOCOL);
    try {
      handshaker()
          .handshake(context.channel(), request)
          .addListener(
              written -> {
                if (written.isSuccess()) {
                  succeed(context);
                }
              });
    } catch (WebSocketHandshakeException notWebSocket) {
      refuse(context);
    }
  }

  private static boolean isOurs(HttpHeaders headers) {
    String version = WebSocketVersion.V13.toHttpHeaderValue();
    return headers.contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, version, false)
        && headers.containsValue(
            HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, WebSocket.SUBPROTOCOL, false);
  }

  private WebSocketServerHandshaker13 handshaker() {
    var config = WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(maxFrameBytes()).build();
    return new WebSocketServerHandshaker13(null, WebSocket.SUBPROTOCOL, config) {
      @Override
      protected WebSocketFrameDecoder newWebsocketDecoder() {
        return new WebSocketDecoder(true, maxFrameBytes());
      }
    };
  }

  private static void refuse(ChannelHandlerContext context) {
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
