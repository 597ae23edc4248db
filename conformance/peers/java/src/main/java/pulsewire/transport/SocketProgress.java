package pulsewire.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.PromiseNotifier;

/**
 * Stands at the socket, below any codec, and tells of every octet that it takes [PW-OUT-2]: where
 * the peer reads slowly, the write of a whole frame completes too late.
 */
final class SocketProgress extends ChannelOutboundHandlerAdapter {
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    var progressive = context.newProgressivePromise();
    progressive.addListener(
        new ChannelProgressiveFutureListener() {
          @Override
          public void operationProgressed(
              ChannelProgressiveFuture write, long progress, long total) {
            context.fireUserEventTriggered(SocketEvent.PROGRESS);
          }

          @Override
          public void operationComplete(ChannelProgressiveFuture write) {
            // The promise of the whole write is told below.
          }
        });
    PromiseNotifier.cascade(progressive, promise);
    context.write(message, progressive);
  }
}
