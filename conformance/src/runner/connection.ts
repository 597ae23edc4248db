/** One connection of a case: a raw peer, what is recorded of it, and what runs beside the steps. */

import { FLOOD } from "../judge/always.ts";
import { GAVE_UP } from "../judge/view.ts";
import type { Role, TransportName } from "../model.ts";
import type { RawListener, RawPeer } from "../peers/peer.ts";
import type { Time } from "../time/time.ts";
import type { TraceRecorder } from "../trace/recorder.ts";

/** A timer that fires this much late is worth a line in the trace, in nanoseconds. */
const WORTH_RECORDING_NS = 10e6;

/** What carries a connection that is not as the case has it: the second leg of a gateway. */
export interface Leg {
  readonly transport: TransportName;
  readonly role: Role;
}

/** What a testee may send on one connection: twenty times what the busiest case has it send. */
const MOST_RECEIVED = 20_000;

export class CaseConnection {
  readonly index: number;
  readonly #leg: Leg | undefined;
  readonly #recorder: TraceRecorder;
  readonly #time: Time;
  /** How to stop each thing that goes on beside the steps. */
  readonly #background = new Set<() => void>();
  /** Listeners of the harness that exist for this connection alone. */
  listener: RawListener | undefined;
  /** The connection's name in the control contract, once it is known. */
  testeeId: string | undefined;
  /** Settles when the testee has answered the `open` by which it dials; never rejects. */
  opening: Promise<unknown> | undefined;
  /** The connection opened, whatever became of it. */
  opened = false;
  /** The rest of a frame that a step kept back. */
  kept: { readonly rest: Uint8Array; readonly frame: Uint8Array } | undefined;
  #peer: RawPeer | undefined;
  #sipBytes: number | undefined;
  #sipped = 0;
  /** Frames, and what is none. */
  #received = 0;
  #stopSipping: (() => void) | undefined;

  constructor(index: number, recorder: TraceRecorder, time: Time, leg?: Leg) {
    this.index = index;
    this.#leg = leg;
    this.#recorder = recorder;
    this.#time = time;
  }

  /** It goes out from a testee that is a gateway. */
  get isSecondLeg(): boolean {
    return this.#leg !== undefined;
  }

  get peer(): RawPeer {
    if (this.#peer === undefined) throw new Error(`connection ${this.index} was never made`);
    return this.#peer;
  }

  get attached(): boolean {
    return this.#peer !== undefined;
  }

  get isGone(): boolean {
    return this.#peer !== undefined && !this.#peer.alive;
  }

  /** Takes a peer, starts it, and records what it says. */
  attach(peer: RawPeer, startsPaused: boolean, lingers: boolean): void {
    const recorder = this.#recorder;
    this.#peer = peer;
    peer.start({
      onOpen: (at) => {
        this.opened = true;
        recorder.record({ kind: "open", conn: this.index, ...this.#leg }, recorder.at(at));
        if (startsPaused) peer.pause();
      },
      onFrame: (octets, read) => {
        if (this.#isFlooded(peer)) return;
        const { body } = recorder.frame("received", this.index, octets, read);
        // Who receives Close closes; a gRPC server may wait for that with its status [PW-GRPC-6].
        if (body === "close" && !lingers && peer.transport === "grpc") peer.halfClose();
        this.#sip(octets.length);
      },
      onOctets: (octets, what, read) => {
        if (!this.#isFlooded(peer)) recorder.octets("received", this.index, octets, what, read);
      },
      onEnd: (end) => recorder.endByTestee(this.index, end),
      onGone: () => {
        this.stopBackground();
        recorder.poke();
      },
    });
  }

  /** Sends a frame, framed, and records it. */
  sendFrame(frame: Uint8Array): void {
    this.#recorder.frame("sent", this.index, frame);
    this.peer.sendOctets(this.peer.framed(frame));
  }

  /**
   * Does something again and again, on its own schedule, so that lateness does
   * not add up; returns how to stop it.
   */
  every(periodMs: number, act: () => void): () => void {
    const begin = this.#recorder.now();
    let count = 0;
    let cancel: () => void;
    const next = (): void => {
      count += 1;
      const due = begin + count * periodMs * 1e6;
      cancel = this.#time.after(Math.max(0, (due - this.#recorder.now()) / 1e6), () => {
        const lateness = this.#recorder.now() - due;
        if (lateness > WORTH_RECORDING_NS) this.#recorder.lag(lateness);
        act();
        if (this.#background.has(stop)) next();
      });
    };
    const stop = (): void => {
      cancel();
      this.#background.delete(stop);
    };
    this.#background.add(stop);
    next();
    return stop;
  }

  /** Reads so many octets of frames each time, and nothing in between. */
  sipEvery(periodMs: number, bytes: number): void {
    this.#sipBytes = bytes;
    this.peer.pause();
    this.#stopSipping = this.every(periodMs, () => {
      this.#sipped = 0;
      this.peer.resume();
    });
  }

  /** Reads whatever there is. */
  readAll(): void {
    this.#stopSipping?.();
    this.#sipBytes = undefined;
    this.peer.resume();
  }

  stopBackground(): void {
    for (const stop of this.#background) stop();
  }

  /** Lets go of everything. */
  dispose(): void {
    this.stopBackground();
    this.#peer?.abort();
    this.listener?.close();
  }

  #sip(bytes: number): void {
    if (this.#sipBytes === undefined) return;
    this.#sipped += bytes;
    if (this.#sipped >= this.#sipBytes) this.peer.pause();
  }

  /** True once the testee has sent more than any case needs: nothing more is read, and the case is over. */
  #isFlooded(peer: RawPeer): boolean {
    this.#received += 1;
    if (this.#received === MOST_RECEIVED + 1) {
      const step = `${GAVE_UP}the testee sent more than ${MOST_RECEIVED} frames`;
      this.#recorder.record({ kind: "step", conn: -1, step, label: FLOOD });
      peer.abort();
    }
    return this.#received > MOST_RECEIVED;
  }
}
