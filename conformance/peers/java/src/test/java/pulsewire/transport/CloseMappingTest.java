package pulsewire.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Status;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pulsewire.core.LinkEnd;

/** The table of docs/bindings.md [PW-MAP-1], typed once more. */
class CloseMappingTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1000, OK",
    "2, 4002, UNAVAILABLE",
    "3, 4003, DEADLINE_EXCEEDED",
    "4, 4004, INVALID_ARGUMENT",
    "5, 4005, FAILED_PRECONDITION",
    "6, 4006, RESOURCE_EXHAUSTED",
    "7, 4007, RESOURCE_EXHAUSTED",
    "8, 4008, RESOURCE_EXHAUSTED",
    "9, 4009, DEADLINE_EXCEEDED",
    "10, 4010, RESOURCE_EXHAUSTED",
    "11, 4011, ABORTED",
    "12, 4012, UNAVAILABLE",
    "13, 4013, INTERNAL",
    "14, 4014, UNKNOWN",
    "999, 4999, UNKNOWN",
    "1000, 4013, UNKNOWN",
    "-1, 4013, UNKNOWN",
  })
  void sends(int code, int webSocket, Status.Code status) {
    assertEquals(webSocket, CloseMapping.toWebSocket(code));
    assertEquals(status, CloseMapping.toStatus(code).getCode());
  }

  @ParameterizedTest
  @CsvSource({
    "1000, PEER_CLOSED, 0",
    "1001, CODE, 2",
    "1002, CODE, 4",
    "1003, CODE, 4",
    "1005, PEER_CLOSED, 0",
    "1006, FAILED, 0",
    "1007, CODE, 4",
    "1009, CODE, 6",
    "1010, FAILED, 0",
    "1011, CODE, 13",
    "1012, CODE, 2",
    "1013, CODE, 2",
    "3000, PEER_CLOSED, 0",
    "4000, PEER_CLOSED, 0",
    "4001, PEER_CLOSED, 0",
    "4002, CODE, 2",
    "4013, CODE, 13",
    "4014, PEER_CLOSED, 0",
    "4999, PEER_CLOSED, 0",
    "5000, FAILED, 0",
  })
  void readsWebSocket(int webSocket, LinkEnd.Kind kind, int code) {
    assertEquals(new LinkEnd(kind, code), CloseMapping.fromWebSocket(webSocket));
  }

  @ParameterizedTest
  @CsvSource({
    "OK, PEER_CLOSED, 0",
    "INVALID_ARGUMENT, CODE, 4",
    "FAILED_PRECONDITION, CODE, 5",
    "ABORTED, CODE, 11",
    "UNAVAILABLE, FAILED, 0",
    "RESOURCE_EXHAUSTED, FAILED, 0",
    "CANCELLED, FAILED, 0",
  })
  void readsStatus(Status.Code status, LinkEnd.Kind kind, int code) {
    assertEquals(new LinkEnd(kind, code), CloseMapping.fromStatus(status.toStatus()));
  }
}
