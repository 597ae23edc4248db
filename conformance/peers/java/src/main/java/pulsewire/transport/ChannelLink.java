package pulsewire.transport;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.function.Function;
import pulsewire.core.LinkEnd;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** A link over a Netty channel, last in its pipeline, which hands it messages of type M. */
abstract class ChannelLink<M> extends SimpleChannelInboundHandler<M> implements Link {
  private final Function<Link, ? extends Handler> open;
  private ChannelHandlerContext context;
  private Handler handler;

  /** Writes that the socket has not taken yet. */
  private int writing;

  private boolean full;
  private boolean failed;
  private boolean closed;

  ChannelLink(Function<Link, ? extends Handler> open) {
    this.open = open;
  }

  /** Called once, when frames can be sent. */
  final void opened(ChannelHandlerContext opened) {
    context = opened;
    handler = open.apply(this);
  }

  final ChannelHandlerContext context() {
    return context;
  }

  final Handler handler() {
    return handler;
  }

  /** One frame as a message of the pipeline. */
  abstract Object encode(byte[] frame);

  /** What the end of the stream means when nothing else was said. */
  abstract LinkEnd endOfStream();

  @Override
  public final EventExecutor executor() {
    return context.executor();
  }

  @Override
  public final boolean send(byte[] frame) {
    writing++;
    context.writeAndFlush(encode(frame)).addListener(write -> written(write.isSuccess()));
    full = writing > 0;
    return !full;
  }

  private void written(boolean taken) {
    writing--;
    failed |= !taken;
    if (taken && full && writing == 0) {
      full = false;
      handler.onWritable();
    }
  }

  @Override
  public final void setReading(boolean reading) {
    context.channel().config().setAutoRead(reading);
  }

  @Override
  public final void finish(int code) {
    setReading(true); // or the end of the peer's direction would never be seen
    finishWriting(code);
  }

  abstract ChannelFuture finishWriting(int code);

  @Override
  public final void abort(int code) {
    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    context.close();
  }

  @Override
  public final void userEventTriggered(ChannelHandlerContext ignored, Object event) {
    if (event == SocketEvent.OCTETS) {
      handler.onOctets();
    } else if (event == SocketEvent.PROGRESS && handler != null) {
      handler.onProgress();
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext failing, Throwable cause) {
    if (cause instanceof IOException || handler == null) {
      failed = true;
      failing.close();
      return;
    }
    FrameException violation = cause instanceof FrameException known ? known : violation(cause);
    handler.onViolation(violation.code(), violation.getMessage());
  }

  /** What an exception of the codec means. */
  FrameException violation(Throwable cause) {
    return new FrameException(CloseCode.CLOSE_CODE_INTERNAL_ERROR, "internal error");
  }

  @Override
  public final void channelInactive(ChannelHandlerContext inactive) {
    closed(failed ? LinkEnd.FAILED : endOfStream());
  }

  final void closed(LinkEnd end) {
    if (!closed && handler != null) {
      closed = true;
      handler.onClosed(end);
    }
  }
}
