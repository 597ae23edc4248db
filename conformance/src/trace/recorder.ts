/** Writes down what happens while a case runs, in the order it was seen. */
import type { DecodedFrame, Direction, Role, Trace, TraceEvent, TransportName } from "../model.ts";
import type { PeerEnd, Read } from "../peers/peer.ts";
import type { Time } from "../time/time.ts";
import { decodeFrame } from "../wire/decode.ts";
import { toHex } from "../wire/hex.ts";

/** Octets of a frame that the trace keeps, as hex. */
const HEX_LIMIT = 256;

type Distributed<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Untimed = Distributed<TraceEvent, "atNs">;

export interface TraceHeading {
  readonly caseId: string;
  readonly transport: TransportName;
  readonly role: Role;
  readonly unitMs: number;
}

export class TraceRecorder {
  readonly #heading: TraceHeading;
  readonly #time: Time;
  readonly #start: bigint;
  readonly #events: TraceEvent[] = [];
  #listener: (() => void) | undefined;

  constructor(heading: TraceHeading, time: Time) {
    this.#heading = heading;
    this.#time = time;
    this.#start = time.now();
  }

  /** Nanoseconds since the trace began. */
  now(): number {
    return this.at(this.#time.now());
  }

  /** A reading of the clock on the trace's scale. */
  at(time: bigint): number {
    return Number(time - this.#start);
  }

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /** Who waits for something to happen; one at a time, as steps come one after another. */
  set listener(listener: (() => void) | undefined) {
    this.#listener = listener;
  }

  /** Who is shown everything as it is written down. */
  observer: ((event: TraceEvent) => void) | undefined;

  /** Tells who waits that something happened which is no event of the trace. */
  poke(): void {
    this.#listener?.();
  }

  record(event: Untimed, atNs: number = this.now()): TraceEvent {
    const timed = { ...event, atNs } as TraceEvent;
    this.#events.push(timed);
    this.observer?.(timed);
    this.#listener?.();
    return timed;
  }

  frame(direction: Direction, conn: number, octets: Uint8Array, read?: Read): DecodedFrame {
    const frame = decodeFrame(octets);
    this.record(
      {
        kind: "frame",
        conn,
        direction,
        hex: toHex(octets, HEX_LIMIT),
        bytes: octets.length,
        frame,
        ...(read === undefined ? {} : { batch: read.batch }),
      },
      read === undefined ? undefined : this.at(read.at),
    );
    return frame;
  }

  octets(direction: Direction, conn: number, octets: Uint8Array, what: string, read?: Read): void {
    this.record(
      {
        kind: "octets",
        conn,
        direction,
        hex: toHex(octets, HEX_LIMIT),
        bytes: octets.length,
        what,
      },
      read === undefined ? undefined : this.at(read.at),
    );
  }

  endByTestee(conn: number, end: PeerEnd): void {
    this.record({
      kind: "end",
      conn,
      by: "testee",
      how: end.how,
      ...(end.code === undefined ? {} : { code: end.code }),
      ...(end.detail === undefined || end.detail === "" ? {} : { detail: end.detail }),
    });
  }

  lag(lagNs: number): void {
    this.record({ kind: "lag", conn: -1, lagNs });
  }

  starved(waitNs: number): void {
    this.record({ kind: "starved", conn: -1, waitNs });
  }

  trace(): Trace {
    return { ...this.#heading, events: [...this.#events] };
  }
}
