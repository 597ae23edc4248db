import type { Arbitrary } from "fast-check";
import { type ConnectionConfig, encodeFrame, type Frame } from "../core/index.ts";

/** The module fast-check: `import fc from "fast-check"`. Passed in, so that this package does not need it. */
export type FastCheck = typeof import("fast-check").default;

/** The arbitraries of Pulsewire. */
export interface Arbitraries {
  /** Any frame that protocol 1 has. */
  readonly frame: Arbitrary<Frame>;
  /** Any configuration that is accepted; limits at their defaults. */
  readonly config: Arbitrary<ConnectionConfig>;
  /** What a peer could put on the wire: true frames, damaged ones, and plain noise. */
  readonly octets: Arbitrary<Uint8Array>;
  /** `octets` cut into pieces at any places; pieces may be empty. */
  splits(octets: Uint8Array): Arbitrary<Uint8Array[]>;
}

/** Builds the arbitraries with the fast-check of whoever asks. */
export function arbitraries(fc: FastCheck): Arbitraries {
  const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const maybe = <T>(value: Arbitrary<T>): Arbitrary<T | undefined> =>
    fc.option(value, { nil: undefined });
  const version = fc.integer({ min: 1, max: 2 ** 32 - 1 });
  const data = fc.uint8Array({ maxLength: 200 });
  const text = fc.string({ unit: "binary", maxLength: 40 });
  const frame: Arbitrary<Frame> = fc.oneof(
    fc.record({
      version,
      body: fc.constant("heartbeat" as const),
      heartbeat: fc.record({
        heartbeatTimeMs: maybe(uint32),
        replyRequested: fc.boolean(),
        timestamp: maybe(uint32),
        echo: maybe(uint32),
        heldUs: maybe(uint32),
        lowestVersion: maybe(uint32),
      }),
    }),
    fc.record({ version, body: fc.constant("data" as const), data, more: fc.boolean() }),
    fc.record({
      version,
      body: fc.constant("close" as const),
      close: fc.record({
        code: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        reason: text,
        retryAfterMs: maybe(uint32),
        lowestVersion: maybe(uint32),
      }),
    }),
    fc.record({ version, body: fc.constant("unknown" as const) }),
  );
  const heartbeatTimeMs = fc.oneof(
    fc.integer({ min: 100, max: 5_000 }),
    fc.integer({ min: 100, max: 3_600_000 }),
  );
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const config: Arbitrary<ConnectionConfig> = fc.record({
    heartbeatTimeMs: maybe(heartbeatTimeMs),
    heartbeatSlackTimeMs: maybe(fc.integer({ min: 0, max: 10_000 })),
    minHeartbeatTimeMs: maybe(heartbeatTimeMs),
    alwaysBeat: maybe(fc.boolean()),
    heartbeatPhase: maybe(fc.record({ at: fraction, spread: fraction })),
    peerHeartbeats: maybe(fc.constantFrom("required" as const, "optional" as const)),
  });
  const damaged = fc
    .tuple(
      frame.map(encodeFrame),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
    )
    .map(([octets, changes, length]) => {
      const copy = octets.slice();
      for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
      return length % 3 === 0 ? copy.subarray(0, length % (copy.length + 1)) : copy;
    });
  return {
    frame,
    config,
    octets: fc.oneof(frame.map(encodeFrame), damaged, fc.uint8Array({ maxLength: 64 })),
    splits: (octets) =>
      fc.array(fc.nat({ max: octets.length }), { maxLength: 12 }).map((places) => {
        const pieces: Uint8Array[] = [];
        let from = 0;
        for (const to of [...places.sort((x, y) => x - y), octets.length]) {
          pieces.push(octets.subarray(from, to));
          from = to;
        }
        return pieces;
      }),
  };
}
