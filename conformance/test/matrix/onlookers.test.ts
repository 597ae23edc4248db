/** Who looks on sees the same, however the octets are cut. */
import { describe, expect, test } from "vitest";
import type { Side } from "../../src/matrix/model.ts";
import { onlookerFor } from "../../src/matrix/tap/onlookers.ts";
import type { Passed } from "../../src/matrix/tap/passed.ts";
import type { TransportName } from "../../src/model.ts";
import { SUBPROTOCOL } from "../../src/peers/peer.ts";
import { upgradeRequest, upgradeResponse } from "../../src/peers/websocket-handshake.ts";
import { delimit } from "../../src/wire/delimited.ts";
import { encodeFrame } from "../../src/wire/encode.ts";
import { grpcMessage } from "../../src/wire/grpc-messages.ts";
import { toHex } from "../../src/wire/hex.ts";
import { concat } from "../../src/wire/protobuf.ts";
import { closePayload, Opcode, webSocketFrame } from "../../src/wire/websocket-messages.ts";

const utf8 = new TextEncoder();
const BEAT = encodeFrame({ heartbeat: { heartbeatTimeMs: 400 } });
const DATA = encodeFrame({ data: utf8.encode("hello") });

/** "frame 0801...", "end close-code 1000" */
function words(passed: Passed): string {
  switch (passed.kind) {
    case "opens":
      return "opens";
    case "frame":
      return `frame ${toHex(passed.octets)}`;
    case "octets":
      return passed.what;
    case "end":
      return passed.code === undefined ? `end ${passed.how}` : `end ${passed.how} ${passed.code}`;
  }
}

function look(transport: TransportName, from: Side, octets: Uint8Array, size: number): string[] {
  const onlooker = onlookerFor(transport, from);
  const passed: Passed[] = [];
  for (let at = 0; at < octets.length; at += size)
    passed.push(...onlooker.push(octets.subarray(at, at + size)));
  expect(onlooker.pendingBytes).toBe(0);
  return passed.map(words);
}

/** A frame of HTTP/2. */
function http2(type: number, flags: number, stream: number, payload: Uint8Array): Uint8Array {
  const head = new Uint8Array(9);
  const view = new DataView(head.buffer);
  view.setUint32(0, payload.length << 8);
  view.setUint8(3, type);
  view.setUint8(4, flags);
  view.setUint32(5, stream);
  return concat([head, payload]);
}

const PREFACE = utf8.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const NOTHING = new Uint8Array(0);
const CANCEL = Uint8Array.of(0, 0, 0, 8);
/** What it is not to take for anything: SETTINGS, WINDOW_UPDATE. */
const SETTINGS = http2(4, 0, 0, NOTHING);
const WINDOW_UPDATE = http2(8, 0, 1, Uint8Array.of(0, 0, 0, 5));

/** The second half of a WebSocket message; the first half is not final. */
function fragments(frame: Uint8Array, masked: boolean): Uint8Array {
  const middle = Math.floor(frame.length / 2);
  const first = webSocketFrame(Opcode.binary, frame.subarray(0, middle), masked);
  first[0] = (first[0] as number) & 0x7f;
  const ping = webSocketFrame(Opcode.ping, NOTHING, masked);
  return concat([first, ping, webSocketFrame(Opcode.continuation, frame.subarray(middle), masked)]);
}

const ROWS: readonly (readonly [string, TransportName, Side, Uint8Array, readonly string[]])[] = [
  [
    "a byte stream",
    "tcp",
    "dialer",
    concat([delimit(BEAT), delimit(DATA)]),
    [`frame ${toHex(BEAT)}`, `frame ${toHex(DATA)}`],
  ],
  [
    "a WebSocket client",
    "ws",
    "dialer",
    concat([
      utf8.encode(upgradeRequest("127.0.0.1:1", "/", SUBPROTOCOL, false)),
      webSocketFrame(Opcode.binary, BEAT, true),
      fragments(DATA, true),
      webSocketFrame(Opcode.close, closePayload(1000), true),
    ]),
    [
      "websocket handshake: GET / HTTP/1.1; subprotocol pulsewire.v1; extensions none",
      `frame ${toHex(BEAT)}`,
      "websocket ping",
      `frame ${toHex(DATA)}`,
      "end close-code 1000",
    ],
  ],
  [
    "a WebSocket server",
    "ws",
    "listener",
    concat([
      utf8.encode(upgradeResponse("key", SUBPROTOCOL, true)),
      webSocketFrame(Opcode.binary, BEAT, false),
      webSocketFrame(Opcode.text, utf8.encode("x"), false),
    ]),
    [
      "websocket handshake: HTTP/1.1 101 Switching Protocols; subprotocol pulsewire.v1; extensions permessage-deflate",
      "opens",
      `frame ${toHex(BEAT)}`,
      "websocket text",
    ],
  ],
  [
    "a gRPC client",
    "grpc",
    "dialer",
    concat([
      PREFACE,
      SETTINGS,
      http2(1, 0x4, 1, Uint8Array.of(0x82)),
      http2(0, 0, 1, grpcMessage(BEAT)),
      // Padding, and a message over two frames.
      http2(
        0,
        0x8,
        1,
        concat([Uint8Array.of(3), grpcMessage(DATA).subarray(0, 6), new Uint8Array(3)]),
      ),
      WINDOW_UPDATE,
      http2(0, 0, 1, grpcMessage(DATA).subarray(6)),
      http2(6, 0, 0, new Uint8Array(8)),
      http2(0, 0x1, 1, NOTHING),
    ]),
    [
      "http2 headers",
      "opens",
      `frame ${toHex(BEAT)}`,
      `frame ${toHex(DATA)}`,
      "http2 ping",
      "end half-close",
    ],
  ],
  [
    "a gRPC client that cancels",
    "grpc",
    "dialer",
    concat([PREFACE, http2(1, 0x4, 3, Uint8Array.of(0x82)), http2(3, 0, 3, CANCEL)]),
    ["http2 headers", "opens", "end cancel 8"],
  ],
  [
    "a gRPC server",
    "grpc",
    "listener",
    concat([
      SETTINGS,
      http2(6, 0x1, 0, new Uint8Array(8)),
      http2(1, 0x4, 1, Uint8Array.of(0x88)),
      http2(0, 0, 1, grpcMessage(BEAT)),
      http2(1, 0x5, 1, Uint8Array.of(0x88)),
      http2(3, 0, 1, new Uint8Array(4)),
      http2(7, 0, 0, new Uint8Array(8)),
    ]),
    [
      "http2 pong",
      "http2 headers",
      `frame ${toHex(BEAT)}`,
      "http2 trailers",
      "end status",
      "http2 RST_STREAM NO_ERROR",
      "http2 GOAWAY 0",
    ],
  ],
];

describe.each([1, 2, 7, 1_000_000])("in pieces of %i octets", (size) => {
  test.each(ROWS)("%s", (_, transport, from, octets, expected) => {
    expect(look(transport, from, octets, size)).toEqual(expected);
  });
});

test("what makes no sense is told, and nothing after it", () => {
  const onlooker = onlookerFor("tcp", "dialer");
  const endless = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80);
  const passed = onlooker.push(endless);
  expect(passed.map(words)).toEqual(["a length is not complete after five octets"]);
  expect(onlooker.push(delimit(BEAT))).toEqual([]);
});

test("a part of a frame is known to be one", () => {
  const onlooker = onlookerFor("tcp", "dialer");
  expect(onlooker.push(delimit(DATA).subarray(0, 4))).toEqual([]);
  expect(onlooker.pendingBytes).toBe(4);
});

test("a head without an end is not kept", () => {
  const onlooker = onlookerFor("ws", "dialer");
  const passed = onlooker.push(utf8.encode("x".repeat(20_000)));
  expect(passed.map(words)).toEqual(["an HTTP head without an end"]);
});
