/** The harness's own codec and framings, against octets written down by hand. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CLOSE_CODES,
  closeCodeName,
  grpcStatusFor,
  webSocketCodeFor,
} from "../src/wire/close-codes.ts";
import { dataOf, decodeFrame } from "../src/wire/decode.ts";
import { DelimitedReader, delimit } from "../src/wire/delimited.ts";
import { encodeFrame } from "../src/wire/encode.ts";
import { CloseField, FrameField, HeartbeatField } from "../src/wire/fields.ts";
import type { FramingReader } from "../src/wire/framing.ts";
import { GrpcMessageReader, grpcMessage } from "../src/wire/grpc-messages.ts";
import { fromHex, toHex } from "../src/wire/hex.ts";
import { Opcode, WebSocketReader, webSocketFrame } from "../src/wire/websocket-messages.ts";

const ROOT = new URL("../../", import.meta.url);

describe("frames", () => {
  test("the heartbeat of the specification is seven octets", () => {
    const octets = encodeFrame({ heartbeat: { heartbeatTimeMs: 5_000 } });
    expect(toHex(octets)).toBe("08011203088827");
    expect(decodeFrame(octets)).toEqual({
      version: 1,
      body: "heartbeat",
      heartbeat: { heartbeatTimeMs: 5_000 },
    });
  });

  test("what is absent stays absent, and a 0 is a 0", () => {
    expect(decodeFrame(encodeFrame({ heartbeat: {} })).heartbeat).toEqual({});
    expect(
      decodeFrame(encodeFrame({ heartbeat: { heartbeatTimeMs: 0, timestamp: 0 } })).heartbeat,
    ).toEqual({ heartbeatTimeMs: 0, timestamp: 0 });
  });

  test.each([
    ["no octets", "", "no version"],
    ["no version", "12020864", "no version"],
    ["version 0", "080012020864", "version 0"],
    ["a version of another wire type", "0a010112020864", "no version"],
    ["a field that is cut", "0801120308c8", "ends in the middle of a field"],
    ["a varint that is cut", "08011202" + "08c8", "ends in the middle of a varint"],
    ["an open group", "08010b", "ends in the middle of a group"],
    ["field number 0", "08010001", "a field number is out of range"],
  ])("%s is malformed", (_, hex, problem) => {
    expect(decodeFrame(fromHex(hex))).toMatchObject({ body: "malformed", problem });
  });

  test("unknown fields are skipped and unknown bodies named", () => {
    expect(decodeFrame(fromHex("0801 9a01 0161 1203 088827"))).toMatchObject({ body: "heartbeat" });
    expect(decodeFrame(fromHex("0801 9a01 0161"))).toEqual({ version: 1, body: "unknown" });
    expect(decodeFrame(fromHex("0801"))).toEqual({ version: 1, body: "none" });
  });

  test("the last body on the wire is the one that counts", () => {
    const octets = fromHex("0801 1a0161 2200");
    expect(decodeFrame(octets)).toEqual({ version: 1, body: "close", close: { code: 0 } });
    expect(dataOf(octets)).toBeUndefined();
  });

  test("never throws, whatever the octets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        expect(typeof decodeFrame(octets).body).toBe("string");
      }),
    );
  });

  test("the field numbers are those of the proto file", () => {
    const proto = readFileSync(new URL("proto/pulsewire/v1/frame.proto", ROOT), "utf8");
    for (const [name, number] of Object.entries({
      ...FrameField,
      ...HeartbeatField,
      ...CloseField,
    }))
      expect(proto).toMatch(new RegExp(`\\b${name} = ${number};`));
  });
});

describe("framings", () => {
  const readers: [string, () => FramingReader, (frame: Uint8Array) => Uint8Array][] = [
    ["a length prefix", () => new DelimitedReader(), delimit],
    ["gRPC messages", () => new GrpcMessageReader(), grpcMessage],
    [
      "WebSocket messages",
      () => new WebSocketReader(),
      (frame) => webSocketFrame(Opcode.binary, frame, false),
    ],
    [
      "masked WebSocket messages",
      () => new WebSocketReader(),
      (frame) => webSocketFrame(Opcode.binary, frame, true),
    ],
  ];

  test.each(readers)("%s: frames come out however they are cut", (_, make, framed) => {
    const sizes = fc.constantFrom(0, 1, 5, 125, 126, 127, 128, 300, 65_535, 65_536);
    fc.assert(
      fc.property(
        fc.array(sizes, { maxLength: 4 }),
        fc.integer({ min: 1, max: 70_000 }),
        (lengths, cut) => {
          const frames = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
          const stream = Buffer.concat(frames.map(framed));
          const reader = make();
          const seen: Uint8Array[] = [];
          // Single octets of a long stream show nothing more, and take a minute on a busy machine.
          const step = Math.max(cut, Math.ceil(stream.length / 4_000));
          for (let from = 0; from < stream.length; from += step)
            for (const piece of reader.push(stream.subarray(from, from + step)))
              if (piece.kind === "frame") seen.push(piece.octets);
          expect(seen.map((frame) => [frame.length, frame[0]])).toEqual(
            frames.map((frame) => [frame.length, frame[0]]),
          );
          expect(reader.pendingBytes).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each(readers)("%s: keep no more of an endless frame than 32 MiB", (_, make) => {
    const heads: Record<string, string> = {
      DelimitedReader: "ffffffff0f",
      GrpcMessageReader: "00ffffffff",
      WebSocketReader: "827f00000000ffffffff",
    };
    const reader = make();
    const mebibyte = new Uint8Array(1_048_576);
    const seen = [...reader.push(fromHex(heads[reader.constructor.name] as string))];
    for (let sent = 0; sent < 40; sent += 1) seen.push(...reader.push(mebibyte));
    expect(seen.filter(({ kind }) => kind === "problem")).toHaveLength(1);
    expect(reader.pendingBytes).toBeLessThan(100);
  });

  test.each([
    ["ffffffffff", "a length is not complete after five octets"],
    ["ffffffff7f", "a length of 34359738367 does not fit 32 bits"],
  ])("the length prefix %s makes no sense", (hex, what) => {
    expect(new DelimitedReader().push(fromHex(hex))).toEqual([{ kind: "problem", what }]);
  });

  test("a length is known before the frame is there", () => {
    expect(new DelimitedReader().push(fromHex("8080 8080 04"))).toEqual([
      { kind: "announced", length: 1_073_741_824, head: 5 },
    ]);
  });
});

describe("close codes", () => {
  test("are those of docs/bindings.md", () => {
    const page = readFileSync(new URL("docs/bindings.md", ROOT), "utf8");
    for (const { code, name, webSocket, grpcStatus } of CLOSE_CODES)
      expect(page).toMatch(
        new RegExp(`\\| ${code} \\| ${name} \\| ${webSocket} \\| ${grpcStatus} `),
      );
  });

  test("have a place for those that the table does not name", () => {
    expect(webSocketCodeFor(77)).toBe(4077);
    expect(webSocketCodeFor(4_000_000)).toBe(4013);
    expect(grpcStatusFor(77)).toBe(2);
    expect(closeCodeName(77)).toBe("77");
  });
});
