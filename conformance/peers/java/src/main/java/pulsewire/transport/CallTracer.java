package pulsewire.transport;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/** Says with what status gRPC itself has ended a call: its handler is told only that it did. */
final class CallTracer extends ServerStreamTracer {
  private static final Context.Key<CallTracer> OF_CALL = Context.key("pulsewire-tracer");

  private Status status = Status.OK;

  static CallTracer current() {
    return OF_CALL.get();
  }

  Status status() {
    return status;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(OF_CALL, this);
  }

  @Override
  public void streamClosed(Status closedWith) {
    status = closedWith;
  }

  /** One for each call. */
  static final class Factory extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new CallTracer();
    }
  }
}
