import fc, { type Arbitrary } from "fast-check";
import { encodeAnyFrame } from "../../src/core/protobuf-codec.ts";
import { arbitraries } from "../../src/testing/index.ts";
import { uint32 } from "./numbers.ts";

/** Octets that protobuf's own encoders would not write, and that its decoders have to judge all the same. */

type Octets = readonly number[];

/** A varint of 64 bits at most, `padding` octets longer than it has to be, which may be too long. */
function varint(value: bigint, padding: number): Octets {
  const octets: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) octets.push(Number(rest & 0x7fn) | 0x80);
  octets.push(Number(rest));
  for (let i = 0; i < padding; i += 1) {
    octets[octets.length - 1] = (octets.at(-1) ?? 0) | 0x80;
    octets.push(0);
  }
  return octets;
}

const number = fc.oneof(
  { weight: 5, arbitrary: uint32.map(BigInt) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  // Of which a reader of 32 bits sees nothing.
  { weight: 1, arbitrary: fc.integer({ min: 32, max: 63 }).map((bit) => 2n ** BigInt(bit)) },
);
const padding = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 11 }) },
);
const anyVarint = fc.tuple(number, padding).map(([value, longer]) => varint(value, longer));
const octets = (length: number) => fc.array(fc.nat(255), { minLength: length, maxLength: length });

const delimited = (content: Arbitrary<Octets>): Arbitrary<Octets> =>
  fc
    .tuple(content, padding)
    .map(([inner, longer]) => [...varint(BigInt(inner.length), longer), ...inner]);

const tag = (field: number, wireType: number, longer: number): Octets =>
  varint(BigInt(field * 8 + wireType), longer);

function field(numbers: Arbitrary<number>, content: Arbitrary<Octets>): Arbitrary<Octets> {
  const value = (wireType: number): Arbitrary<Octets> => {
    if (wireType === 0) return anyVarint;
    if (wireType === 1) return octets(8);
    if (wireType === 2) return delimited(content);
    if (wireType === 5) return octets(4);
    return fc.constant([]);
  };
  const plain = fc
    .tuple(numbers, fc.constantFrom(0, 0, 0, 1, 2, 2, 5, 5, 5, 6, 7), padding)
    .chain(([number, wireType, longer]) =>
      value(wireType).map((rest) => [...tag(number, wireType, longer), ...rest]),
    );
  const group = fc
    .tuple(numbers, fc.array(plain, { maxLength: 2 }), fc.boolean())
    .map(([number, inside, closed]) => [
      ...tag(number, 3, 0),
      ...inside.flat(),
      ...(closed ? tag(number, 4, 0) : []),
    ]);
  return fc.oneof({ weight: 12, arbitrary: plain }, { weight: 1, arbitrary: group });
}

const numbers = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 7, 15, 16, 31, 2000, 2 ** 29 - 1) },
);

/** A field that heartbeats have, with its own wire type: most often in their order. */
const heartbeatField = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2, 5, 6), anyVarint).map(([n, value]) => [n * 8, ...value]),
  fc.tuple(fc.constantFrom(3, 4), octets(4)).map(([n, value]) => [n * 8 + 5, ...value]),
);
const fieldsOfHeartbeat: Arbitrary<Octets> = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: heartbeatField },
      { weight: 1, arbitrary: field(numbers, octets(2)) },
    ),
    { maxLength: 7 },
  )
  .map((fields) => fields.flat());
/** Now and then cut short, with the length of what is left. */
const heartbeat: Arbitrary<Octets> = fc.oneof(
  { weight: 6, arbitrary: fieldsOfHeartbeat },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fieldsOfHeartbeat, fc.integer({ min: 1, max: 4 }))
      .map(([whole, cut]) => whole.slice(0, -cut)),
  },
);

const version = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Octets>([8, 1]) },
  { weight: 1, arbitrary: anyVarint.map((value) => [8, ...value]) },
);
const body = fc.oneof(
  { weight: 4, arbitrary: delimited(heartbeat).map((rest) => [0x12, ...rest]) },
  { weight: 2, arbitrary: delimited(fc.array(fc.nat(255))).map((rest) => [0x1a, ...rest]) },
  { weight: 1, arbitrary: delimited(heartbeat).map((rest) => [0x22, ...rest]) },
);
const more = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Octets>([]) },
  { weight: 2, arbitrary: fc.constant<Octets>([0x28, 1]) },
  { weight: 1, arbitrary: anyVarint.map((value) => [0x28, ...value]) },
);

/** A frame with its fields in the usual order, of which any may be strange in itself, and perhaps a second version. */
const almostUsual = fc
  .tuple(version, body, more, fc.oneof({ weight: 5, arbitrary: fc.constant<Octets>([]) }, version))
  .map((fields) => Uint8Array.from(fields.flat()));

/** Fields as they come: none, twice, in any order, of any wire type. */
const anyFields = fc
  .array(fc.oneof(version, body, more, field(numbers, heartbeat)), { maxLength: 5 })
  .map((fields) => Uint8Array.from(fields.flat()));

const any = arbitraries(fc);

/** Any frame, with numbers where encodings become longer. */
export const frame = fc.oneof(
  any.frame,
  fc.record({
    version: fc.oneof(fc.constant(1), uint32),
    body: fc.constant("heartbeat" as const),
    heartbeat: fc.record(
      {
        heartbeatTimeMs: uint32,
        replyRequested: fc.boolean(),
        timestamp: uint32,
        echo: uint32,
        heldUs: uint32,
        lowestVersion: uint32,
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    version: fc.oneof(fc.constant(1), uint32),
    body: fc.constant("data" as const),
    data: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(0, 1, 127, 128, 16_383, 16_384).map((length) => new Uint8Array(length)),
    ),
    more: fc.boolean(),
  }),
);

function changed(whole: Arbitrary<Uint8Array>): Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(), fc.nat(255));
  return fc
    .tuple(whole, fc.array(change, { maxLength: 3 }), fc.option(fc.nat()))
    .map(([from, changes, cut]) => {
      const copy = Uint8Array.from(from);
      for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
      return cut === null ? copy : copy.subarray(0, cut % (copy.length + 1));
    });
}

const usual = frame.map(encodeAnyFrame);

/** What could be on the wire, and much that never is. */
export const octetsOfAnyKind: Arbitrary<Uint8Array> = fc.oneof(
  usual,
  changed(usual),
  almostUsual,
  changed(almostUsual),
  anyFields,
  fc.uint8Array({ maxLength: 40 }),
);
