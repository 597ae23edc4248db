package pulsewire.transport;

import io.grpc.Status;
import java.util.List;
import pulsewire.core.LinkEnd;

/** The Close codes in the words of WebSocket and gRPC [PW-MAP-1]. */
final class CloseMapping {
  private static final int NORMAL = 1;
  private static final int GOING_AWAY = 2;
  private static final int PROTOCOL_ERROR = 4;
  private static final int UNSUPPORTED_VERSION = 5;
  private static final int FRAME_TOO_LARGE = 6;
  private static final int OUTBOUND_BLOCKED = 11;
  private static final int INTERNAL_ERROR = 13;

  /** Those that mean {@code 4000 + code}; NORMAL is 1000. */
  private static final int OWN = 4000;

  /** By code; the first is never sent. */
  private static final List<Status> STATUSES =
      List.of(
          Status.UNKNOWN,
          Status.OK,
          Status.UNAVAILABLE,
          Status.DEADLINE_EXCEEDED,
          Status.INVALID_ARGUMENT,
          Status.FAILED_PRECONDITION,
          Status.RESOURCE_EXHAUSTED,
          Status.RESOURCE_EXHAUSTED,
          Status.RESOURCE_EXHAUSTED,
          Status.DEADLINE_EXCEEDED,
          Status.RESOURCE_EXHAUSTED,
          Status.ABORTED,
          Status.UNAVAILABLE,
          Status.INTERNAL);

  static int toWebSocket(int code) {
    if (code == NORMAL) {
      return 1000;
    }
    return code > 0 && code < 1000 ? OWN + code : OWN + INTERNAL_ERROR;
  }

  /** Reads a WebSocket close that came without a Close [PW-WS-9]. */
  static LinkEnd fromWebSocket(int code) {
    return switch (code) {
      case 1000, 1005 -> LinkEnd.PEER_CLOSED;
      case 1001, 1012, 1013 -> LinkEnd.code(GOING_AWAY);
      case 1002, 1003, 1007 -> LinkEnd.code(PROTOCOL_ERROR);
      case 1009 -> LinkEnd.code(FRAME_TOO_LARGE);
      case 1011 -> LinkEnd.code(INTERNAL_ERROR);
      default -> {
        if (code >= OWN + GOING_AWAY && code <= OWN + INTERNAL_ERROR) {
          yield LinkEnd.code(code - OWN);
        }
        yield code >= 3000 && code < 5000 ? LinkEnd.PEER_CLOSED : LinkEnd.FAILED;
      }
    };
  }

  static Status toStatus(int code) {
    return code > 0 && code < STATUSES.size() ? STATUSES.get(code) : Status.UNKNOWN;
  }

  /** Reads a status that came without a Close [PW-GRPC-7]. */
  static LinkEnd fromStatus(Status status) {
    return switch (status.getCode()) {
      case OK -> LinkEnd.PEER_CLOSED;
      case INVALID_ARGUMENT -> LinkEnd.code(PROTOCOL_ERROR);
      case FAILED_PRECONDITION -> LinkEnd.code(UNSUPPORTED_VERSION);
      case ABORTED -> LinkEnd.code(OUTBOUND_BLOCKED);
      default -> LinkEnd.FAILED;
    };
  }

  private CloseMapping() {}
}
