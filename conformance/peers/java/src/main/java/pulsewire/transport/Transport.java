package pulsewire.transport;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A way to come by links. {@code open} is called on the executor of each link as soon as it is
 * open, and makes its handler.
 */
public interface Transport {
  <H extends Link.Handler> CompletableFuture<H> dial(
      EventLoop loop, InetSocketAddress address, int maxFrameBytes, Function<Link, H> open);

  /** Waits until the port is bound, so it must not be called on an event loop. */
  Listener listen(
      EventLoop loop,
      InetSocketAddress address,
      int maxFrameBytes,
      Function<Link, ? extends Link.Handler> open)
      throws IOException;

  /** A port. To close it touches none of the links that it has opened. */
  interface Listener extends AutoCloseable {
    InetSocketAddress address();

    @Override
    void close();
  }
}
