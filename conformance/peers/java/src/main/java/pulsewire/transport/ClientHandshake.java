package pulsewire.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Offers the subprotocol, and goes on only with a server that selects it. */
final class ClientHandshake extends Handshake<FullHttpResponse> {
  private final WebSocketClientHandshaker handshaker;
  private final CompletableFuture<?> dialled;

  ClientHandshake(
      URI uri,
      int maxFrameBytes,
      Function<Link, ? extends Link.Handler> open,
      CompletableFuture<?> dialled) {
    super(maxFrameBytes, open);
    this.dialled = dialled;
    this.handshaker =
        new WebSocketClientHandshaker13(
            uri,
            WebSocketVersion.V13,
            WebSocket.SUBPROTOCOL,
            false,
            new DefaultHttpHeaders(),
            maxFrameBytes) {
          @Override
          protected WebSocketFrameDecoder newWebsocketDecoder() {
            return new WebSocketDecoder(false, maxFrameBytes);
          }
        };
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    handshaker.handshake(context.channel()); // [PW-WS-1]
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
    handshaker.finishHandshake(context.channel(), response); // [PW-WS-2]: or it throws
    succeed(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    dialled.completeExceptionally(cause);
    context.close();
  }
}
