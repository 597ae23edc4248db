/** One direction through the tap: what was read, on its way to the other side. */
import type { StreamSocket } from "../../network/network.ts";
import { millis, type Time } from "../../time/time.ts";
import type { EndHow, Side } from "../model.ts";
import type { Onlooker } from "./passed.ts";
import type { PairRecorder, Underway } from "./recorder.ts";

/** What waits here for the other side, in octets; more is left to wait with who sent it. */
const MOST_WAITING_BYTES = 1_048_576;

/** An octet that has waited for so long goes on together with others, in so many writes at a time. */
const LATE_SLICE_MS = 25;
const SLICE_BURST = 16;
/** What has waited for so long goes on at once: who opens a connection has limits in time, and not for us. */
const LATE_LIMIT_MS = 100;

/** How octets go on: as they came, each by itself, or so many milliseconds later. */
export type Manner = "whole" | "slices" | { readonly delayMs: number };

/** What goes on in one write, or how the direction ends. */
interface Unit {
  readonly octets: Uint8Array;
  readonly end?: "fin" | "reset";
  readonly dueMs: number;
  readonly underway: readonly Underway[];
}

interface Part {
  readonly atNs: number;
  deliveredNs?: number;
}

const NOTHING = new Uint8Array(0);

export class Flow {
  readonly #from: Side;
  readonly #source: StreamSocket;
  readonly #target: StreamSocket;
  readonly #onlooker: Onlooker;
  readonly #recorder: PairRecorder;
  readonly #manner: Manner;
  readonly #time: Time;
  readonly #queue: Unit[] = [];
  #waitingBytes = 0;
  /** Whether the other side can be written to. */
  #isReady = false;
  #isScheduled = false;
  /** Octets that went on by themselves so far. */
  #burst = 0;
  #isHole = false;
  #isOver = false;
  readonly #ends = new Set<EndHow>();
  /** The last octets of a frame that is not complete: when they were read, and delivered. */
  #part: Part | undefined;
  #cancel: () => void = () => undefined;

  constructor(
    from: Side,
    source: StreamSocket,
    target: StreamSocket,
    context: {
      readonly onlooker: Onlooker;
      readonly recorder: PairRecorder;
      readonly manner: Manner;
      readonly time: Time;
    },
  ) {
    this.#from = from;
    this.#source = source;
    this.#target = target;
    this.#onlooker = context.onlooker;
    this.#recorder = context.recorder;
    this.#manner = context.manner;
    this.#time = context.time;
  }

  /** Begins to read. */
  start(): void {
    this.#source.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#source.on("end", () => this.end("fin"));
    this.#target.on("drain", () => this.#pump());
  }

  /** The other side can be written to from now on. */
  ready(): void {
    this.#isReady = true;
    this.#pump();
  }

  /** Nothing more goes on; what is sent is read and seen all the same. */
  hole(): void {
    this.#isHole = true;
    this.#queue.length = 0;
    this.#waitingBytes = 0;
    this.#source.resume();
  }

  /** The side has ended its direction, or all of the connection. */
  end(how: "fin" | "reset"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const underway = this.#recorder.passed(this.#from, { kind: "end", how });
    this.#push({ octets: NOTHING, end: how, dueMs: this.#dueMs(), underway: [underway] });
  }

  /** Whether the side has ended its direction of the byte stream. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How the side has ended what its binding carries, so far. */
  get ends(): ReadonlySet<EndHow> {
    return this.#ends;
  }

  /** The end of looking. What began and never became whole is written down: its octets may have been life. */
  dispose(): void {
    this.#cancel();
    this.#queue.length = 0;
    const bytes = this.#onlooker.pendingBytes;
    if (this.#part === undefined || bytes === 0) return;
    this.#recorder.part(this.#from, bytes, this.#part);
  }

  #read(chunk: Uint8Array): void {
    if (this.#manner !== "slices") this.#unit(chunk);
    else for (let at = 0; at < chunk.length; at += 1) this.#unit(chunk.subarray(at, at + 1));
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#source.pause();
  }

  #unit(octets: Uint8Array): void {
    const passed = this.#onlooker.push(octets);
    for (const each of passed) if (each.kind === "end") this.#ends.add(each.how);
    const underway = passed.map((each) => this.#recorder.passed(this.#from, each));
    if (this.#onlooker.pendingBytes === 0) this.#part = undefined;
    else {
      const part: Part = { atNs: this.#recorder.now() };
      this.#part = part;
      underway.push({
        delivered: (atNs) => {
          part.deliveredNs = atNs;
        },
      });
    }
    this.#push({ octets, dueMs: this.#dueMs(), underway });
  }

  #push(unit: Unit): void {
    if (this.#isHole) return;
    this.#queue.push(unit);
    this.#waitingBytes += unit.octets.length;
    this.#pump();
  }

  #dueMs(): number {
    const now = millis(this.#time);
    return typeof this.#manner === "object" ? now + this.#manner.delayMs : now;
  }

  #pump(): void {
    while (this.#isReady && !this.#isScheduled && !this.#target.writableNeedDrain) {
      const unit = this.#queue[0];
      if (unit === undefined) return;
      const waitMs = unit.dueMs - millis(this.#time);
      if (waitMs > 0) {
        this.#isScheduled = true;
        this.#cancel = this.#time.after(waitMs, this.#resume);
        return;
      }
      this.#queue.shift();
      this.#deliver(unit);
      if (this.#manner === "slices") this.#slice(unit, -waitMs);
    }
  }

  /** A write each, and the next one when this one has had its chance to be read by itself. */
  #slice(unit: Unit, lateMs: number): void {
    this.#burst += 1;
    // On a busy machine a turn may take so long that a handshake would never come to its end.
    const isLate = lateMs > LATE_SLICE_MS && this.#burst % SLICE_BURST !== 0;
    if (unit.end === undefined && (isLate || lateMs > LATE_LIMIT_MS)) return;
    this.#isScheduled = true;
    this.#time.turn(this.#resume);
  }

  readonly #resume = (): void => {
    this.#isScheduled = false;
    this.#pump();
  };

  #deliver({ octets, end, underway }: Unit): void {
    this.#waitingBytes -= octets.length;
    if (this.#waitingBytes <= MOST_WAITING_BYTES) this.#source.resume();
    if (!this.#target.writable) return;
    // Before the write: whoever reads it may act on it before this process runs again.
    const atNs = this.#recorder.now();
    if (end === "fin") this.#target.end();
    else if (end === "reset") this.#target.resetAndDestroy();
    else this.#target.write(octets);
    for (const each of underway) each.delivered(atNs);
  }
}
