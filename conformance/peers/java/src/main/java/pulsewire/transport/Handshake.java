package pulsewire.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.flow.FlowControlHandler;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The opening of a WebSocket, by messages of type M, in whose place the link comes. */
abstract class Handshake<M> extends SimpleChannelInboundHandler<M> {
  private static final int TIMEOUT_S = 5;

  private final int maxFrameBytes;
  private final Function<Link, ? extends Link.Handler> open;
  private Future<?> timeout;

  Handshake(int maxFrameBytes, Function<Link, ? extends Link.Handler> open) {
    this.maxFrameBytes = maxFrameBytes;
    this.open = open;
  }

  final int maxFrameBytes() {
    return maxFrameBytes;
  }

  /** A peer that begins and never ends would otherwise be held for ever. */
  @Override
  public final void handlerAdded(ChannelHandlerContext context) {
    timeout = context.executor().schedule(() -> context.close(), TIMEOUT_S, TimeUnit.SECONDS);
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext context) {
    timeout.cancel(false);
  }

  final void succeed(ChannelHandlerContext context) {
    context.pipeline().addLast(new FlowControlHandler(), new WebSocketLink(maxFrameBytes, open));
    context.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
