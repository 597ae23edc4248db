package pulsewire.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import java.util.function.Function;
import pulsewire.core.LinkEnd;

/** The byte stream as a link. */
final class TcpLink extends ChannelLink<byte[]> {
  private static final int LONGEST_LENGTH = 5;

  TcpLink(Function<Link, ? extends Handler> open) {
    super(open);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    opened(context); // [PW-TCP-2]
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, byte[] frame) {
    handler().onFrame(frame);
  }

  @Override
  ByteBuf encode(byte[] frame) {
    ByteBuf octets = context().alloc().ioBuffer(LONGEST_LENGTH + frame.length);
    int length = frame.length;
    for (; length > 0x7f; length >>>= 7) {
      octets.writeByte(length & 0x7f | 0x80);
    }
    return octets.writeByte(length).writeBytes(frame);
  }

  /** A FIN behind the Close, and no reset while that may be on its way [PW-TCP-6]. */
  @Override
  ChannelFuture finishWriting(int code) {
    return context()
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> ((SocketChannel) context().channel()).shutdownOutput());
  }

  @Override
  LinkEnd endOfStream() {
    return LinkEnd.PEER_CLOSED; // [PW-CLS-4]
  }
}
