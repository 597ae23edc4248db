import fc from "fast-check";
import { CloseCode } from "pulsewire";
import { describe, expect, it } from "vitest";
import { FrameDecoder, prefixBytes, writePrefix } from "../../src/tcp/framing.ts";

const LIMIT = 1 << 20;

function encode(frames: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const prefix = new Uint8Array(prefixBytes(frame.length));
      writePrefix(prefix, 0, frame.length);
      return [prefix, frame];
    }),
  );
}

function decode(decoder: FrameDecoder, reads: readonly Uint8Array[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (const read of reads) {
    decoder.push(read);
    while (decoder.next()) frames.push(decoder.octets.subarray(decoder.from, decoder.to));
  }
  return frames;
}

/** Cuts octets at places, given in thousandths. */
function split(octets: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((cut) => Math.round((cut * octets.length) / 1000)).sort((a, b) => a - b);
  return [0, ...places].map((start, index) => octets.subarray(start, places[index]));
}

const hex = (octets: Uint8Array) => Buffer.from(octets).toString("hex");
const cuts = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 30 });

describe("the length prefix", () => {
  it.each([
    [0, "00"],
    [7, "07"],
    [127, "7f"],
    [128, "8001"],
    [300, "ac02"],
    [16_384, "808001"],
    [2 ** 31, "8080808008"],
    [2 ** 32 - 1, "ffffffff0f"],
  ])("of %i octets is %s", (length, expected) => {
    const prefix = new Uint8Array(prefixBytes(length));
    writePrefix(prefix, 0, length);
    expect(hex(prefix)).toBe(expected);
  });
});

describe("FrameDecoder", () => {
  it("yields the same frames however the octets are split [PW-TCP-3]", () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 12 });
    fc.assert(
      fc.property(frames, cuts, (sent, places) => {
        const decoder = new FrameDecoder(LIMIT);
        const received = decode(decoder, split(encode(sent), places));
        expect(received.map(hex)).toEqual(sent.map(hex));
        expect(decoder.isMidFrame).toBe(false);
        expect(decoder.violation).toBeUndefined();
      }),
    );
  });

  it("yields a large frame that comes octet by octet and in pieces", () => {
    const sent = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
    const stream = encode([sent, Uint8Array.of(1)]);
    const octets = Array.from({ length: 9_000 }, (_, at) => stream.subarray(at, at + 1));
    const received = decode(new FrameDecoder(LIMIT), [...octets, stream.subarray(9_000)]);
    expect(received.map((frame) => frame.length)).toEqual([70_000, 1]);
    expect(Buffer.compare(received[0] ?? new Uint8Array(), sent)).toBe(0);
  });

  it("never throws, whatever arrives, and yields nothing past the limit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), cuts, (octets, places) => {
        const decoder = new FrameDecoder(1024);
        for (const frame of decode(decoder, split(octets, places))) {
          expect(frame.length).toBeLessThanOrEqual(1024);
        }
        const { violation } = decoder;
        if (violation === undefined) return;
        expect([CloseCode.PROTOCOL_ERROR, CloseCode.FRAME_TOO_LARGE]).toContain(violation.code);
        expect(decode(decoder, [octets])).toEqual([]);
      }),
    );
  });

  it("sets nothing aside for a frame that is only announced [PW-LIM-1]", () => {
    const before = process.memoryUsage().arrayBuffers;
    const announced = Array.from({ length: 200 }, () => {
      const decoder = new FrameDecoder(2 ** 31 - 1);
      decode(decoder, [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07), new Uint8Array(10)]);
      return decoder;
    });
    expect(announced.every((decoder) => decoder.isMidFrame)).toBe(true);
    // Two hundred times 2 GiB were announced.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
  });

  it("yields views of a read that holds whole frames, and copies none of them", () => {
    const read = encode([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    const frames = decode(new FrameDecoder(LIMIT), [read]);
    expect(frames.map((frame) => frame.buffer === read.buffer)).toEqual([true, true]);
  });

  it("keeps nothing of a read that is spent", () => {
    const decoder = new FrameDecoder(LIMIT);
    decode(decoder, [encode([Uint8Array.of(1, 2)])]);
    expect([decoder.octets.length, decoder.isSpent]).toEqual([0, true]);
  });

  it("accepts a frame at the limit and refuses one more octet", () => {
    const decoder = new FrameDecoder(1024);
    expect(decode(decoder, [encode([new Uint8Array(1024)])])).toHaveLength(1);
    expect(decode(decoder, [encode([new Uint8Array(1025)]).subarray(0, 2)])).toEqual([]);
    expect(decoder.violation?.code).toBe(CloseCode.FRAME_TOO_LARGE);
    expect(decoder.violation?.detail).toContain("1025");
  });

  it.each([
    ["never ends", "ffffffffff"],
    ["never ends, though it is small", "8080808080"],
    ["does not fit 32 bits", "ffffffff1f"],
    ["does not fit 32 bits by one", "8080808010"],
  ])("refuses a length that %s [PW-TCP-4]", (_what, prefix) => {
    const decoder = new FrameDecoder(2 ** 31 - 1);
    for (const octet of Buffer.from(prefix, "hex")) decode(decoder, [Uint8Array.of(octet)]);
    expect(decoder.violation?.code).toBe(CloseCode.PROTOCOL_ERROR);
  });

  it("reads a length with more octets than it needs, as protobuf does", () => {
    const frames = decode(new FrameDecoder(LIMIT), [Uint8Array.of(0x82, 0x80, 0x00, 8, 1)]);
    expect(frames.map(hex)).toEqual(["0801"]);
  });

  it("gives back the rest of a read between two frames", () => {
    const decoder = new FrameDecoder(LIMIT);
    decoder.push(encode([Uint8Array.of(1), Uint8Array.of(2)]));
    expect(decoder.next()).toBe(true);
    expect([decoder.octets[decoder.from], decoder.to - decoder.from]).toEqual([1, 1]);
    expect(hex(decoder.takeRest())).toBe("0102");
    expect(decoder.next()).toBe(false);
    expect(decoder.isMidFrame).toBe(false);
  });
});
