/** Writes down what happens while two peers talk, in the order it was seen. */
import { crc32 } from "node:zlib";
import type { Time } from "../../time/time.ts";
import { dataOf, decodeFrame } from "../../wire/decode.ts";
import { otherSide, type PairEvent, type PairTrace, type Side } from "../model.ts";
import type { Passed } from "./passed.ts";

type Distributed<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Untimed = Distributed<PairEvent, "atNs">;
type Open<T> = { -readonly [K in keyof T]: T[K] };

/** More would not be looked at by anybody; a flood of pings must not fill the memory. */
const MOST_EVENTS = 5_000;
/** What is said of a frame that never became whole. */
export const FRAME_PART = "a part of a frame";

/** Something that was read and may still be delivered. */
export interface Underway {
  /** It reaches the other side, at this moment at the earliest. */
  delivered(atNs: number): void;
}

export class PairRecorder {
  readonly #time: Time;
  readonly #start: bigint;
  readonly #events: Open<PairEvent>[] = [];
  /** The message that each side is in the middle of. */
  readonly #unfinished = new Map<Side, { bytes: number; sum: number }>();
  /** Hears that something was recorded. */
  listener: (() => void) | undefined;

  constructor(time: Time) {
    this.#time = time;
    this.#start = time.now();
  }

  /** Nanoseconds since the trace began. */
  now(): number {
    return Number(this.#time.now() - this.#start);
  }

  record(event: Untimed): void {
    this.#push({ ...event, atNs: this.now() } as Open<PairEvent>);
  }

  /** What an onlooker has seen a side send. */
  passed(from: Side, passed: Passed): Underway {
    const atNs = this.now();
    switch (passed.kind) {
      case "opens":
        this.#push({ kind: "open", side: from, atNs });
        return {
          delivered: (at) => this.#push({ kind: "open", side: otherSide(from), atNs: at }),
        };
      case "frame":
        return this.#underway(this.#frame(from, passed.octets, atNs));
      default:
        return this.#underway({ ...passed, from, atNs });
    }
  }

  /** The last octets of a frame that never became whole. */
  part(
    from: Side,
    bytes: number,
    at: { readonly atNs: number; readonly deliveredNs?: number },
  ): void {
    this.#push({ kind: "octets", from, what: FRAME_PART, bytes, ...at });
  }

  trace(): PairTrace {
    const events = [...this.#events].sort((a, b) => a.atNs - b.atNs);
    return { events };
  }

  #frame(from: Side, octets: Uint8Array, atNs: number): Open<PairEvent> {
    const frame = decodeFrame(octets);
    const event = { kind: "frame", from, atNs, bytes: octets.length, frame } as const;
    if (frame.body !== "data") return event;
    const data = dataOf(octets) ?? new Uint8Array();
    const before = this.#unfinished.get(from) ?? { bytes: 0, sum: 0 };
    const message = { bytes: before.bytes + data.length, sum: crc32(data, before.sum) };
    if (frame.more !== true) {
      this.#unfinished.delete(from);
      return { ...event, message };
    }
    this.#unfinished.set(from, message);
    return event;
  }

  #underway(event: Open<PairEvent>): Underway {
    this.#push(event);
    return {
      delivered: (at) => {
        if ("from" in event) event.deliveredNs = at;
        this.listener?.();
      },
    };
  }

  #push(event: Open<PairEvent>): void {
    if (this.#events.length < MOST_EVENTS || event.kind === "finish") this.#events.push(event);
    this.listener?.();
  }
}
