/** A trace as the checks look at it: one connection and its labels. */
import { parseAnchor } from "../cases/times.ts";
import type { Role, Trace, TraceEvent, TransportName } from "../model.ts";
import { Lateness } from "./lateness.ts";

export type FrameEvent = Extract<TraceEvent, { kind: "frame" }>;
export type EndEvent = Extract<TraceEvent, { kind: "end" }>;
export type OctetsEvent = Extract<TraceEvent, { kind: "octets" }>;
export type StepEvent = Extract<TraceEvent, { kind: "step" }>;

/** The name under which the runner records that it could go no further. */
export const GAVE_UP = "gave up: ";
/** The label of the end of the steps. */
export const FINISH = "finish";

const NS_PER_MS = 1e6;

export class TraceView extends Lateness {
  readonly trace: Trace;
  readonly conn: number;

  constructor(trace: Trace, conn: number) {
    super(trace.events, trace.unitMs);
    this.trace = trace;
    this.conn = conn;
  }

  /** When a label or "open" happened, and so much later; undefined if the case never got there. */
  moment(anchor: string): number | undefined {
    const { label, plusMs } = parseAnchor(anchor, this.trace.unitMs);
    const at = this.#labelled(label)?.atNs;
    return at === undefined ? undefined : at + plusMs * NS_PER_MS;
  }

  /** Frames the testee sent in [from, to]. */
  received(from = 0, to: number = Number.POSITIVE_INFINITY): FrameEvent[] {
    return this.#frames("received", from, to);
  }

  /** Frames the harness sent in [from, to]. */
  sent(from = 0, to: number = Number.POSITIVE_INFINITY): FrameEvent[] {
    return this.#frames("sent", from, to);
  }

  /** What was received that is no frame. */
  octets(from = 0, to: number = Number.POSITIVE_INFINITY): OctetsEvent[] {
    return this.#own().filter(
      (event): event is OctetsEvent =>
        event.kind === "octets" && event.direction === "received" && within(event, from, to),
    );
  }

  /** Steps of the harness on this connection. */
  steps(name: string): StepEvent[] {
    return this.#own().filter(
      (event): event is StepEvent => event.kind === "step" && event.step === name,
    );
  }

  /** The step at which the case stopped before its end, whatever connection that was about. */
  get gaveUp(): StepEvent | undefined {
    return this.trace.events.find(
      (event): event is StepEvent => event.kind === "step" && event.step.startsWith(GAVE_UP),
    );
  }

  get isOpen(): boolean {
    return this.#opening !== undefined;
  }

  /** What carries this connection: the second leg of a gateway may be on another transport. */
  get transport(): TransportName {
    return this.#opening?.transport ?? this.trace.transport;
  }

  /** What the testee does on this connection: it dials the second leg of a gateway. */
  get role(): Role {
    return this.#opening?.role ?? this.trace.role;
  }

  /** The Close frame of the testee. */
  get close(): FrameEvent | undefined {
    return this.received().find((event) => event.frame.body === "close");
  }

  /** How the testee ended its transport: a close code comes before the FIN. */
  get transportEnds(): EndEvent[] {
    return this.#own().filter(
      (event): event is EndEvent => event.kind === "end" && event.by === "testee",
    );
  }

  /** When the testee ended the connection: with its Close, or without one. */
  get endedAt(): number | undefined {
    return (this.close ?? this.transportEnds[0])?.atNs;
  }

  /**
   * The allowance for being early after a label, in nanoseconds: the tolerance, and by how much we
   * may have been late to see what the label stands for. What we did ourselves we saw in time.
   */
  earlyAfter(anchor: string): number {
    const { label } = parseAnchor(anchor, this.trace.unitMs);
    const event = this.#labelled(label);
    const isSeen = event?.kind === "open" || event?.step.startsWith("expect") === true;
    return event !== undefined && isSeen ? this.earlyAfterSeen(event.atNs) : this.early;
  }

  get #opening(): Extract<TraceEvent, { kind: "open" }> | undefined {
    return this.trace.events.find(
      (event): event is Extract<TraceEvent, { kind: "open" }> =>
        event.kind === "open" && event.conn === this.conn,
    );
  }

  #labelled(label: string): Extract<TraceEvent, { kind: "open" | "step" }> | undefined {
    const open = /^open(?::(\d+))?$/.exec(label);
    const conn = open?.[1] === undefined ? this.conn : Number(open[1]);
    return this.trace.events.find(
      (event): event is Extract<TraceEvent, { kind: "open" | "step" }> =>
        open === null
          ? event.kind === "step" && event.label === label
          : event.kind === "open" && event.conn === conn,
    );
  }

  #frames(direction: "sent" | "received", from: number, to: number): FrameEvent[] {
    return this.#own().filter(
      (event): event is FrameEvent =>
        event.kind === "frame" && event.direction === direction && within(event, from, to),
    );
  }

  #own(): TraceEvent[] {
    return this.trace.events.filter((event) => event.conn === this.conn);
  }
}

function within(event: TraceEvent, from: number, to: number): boolean {
  return event.atNs >= from && event.atNs <= to;
}

/** "412 ms" */
export function ms(ns: number): string {
  return `${Math.round(ns / NS_PER_MS)} ms`;
}

/** "1 frame", "2 frames" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Nanoseconds of a number of milliseconds. */
export function ns(milliseconds: number): number {
  return milliseconds * NS_PER_MS;
}
