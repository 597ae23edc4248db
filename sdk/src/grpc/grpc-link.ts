import type { CloseInfo, Link, LinkEnd, LinkSink } from "../driver/index.ts";
import { type FrameWriter, Outflow } from "./outflow.ts";

/** What the two ends of a call have in common: a Duplex of whole messages, as grpc-js types it. */
interface Call extends FrameWriter {
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  on(event: "data", listener: (frame: Uint8Array) => void): unknown;
  on(event: "end" | "error", listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
  read(): unknown;
}

/** A rule of the binding that the peer broke. */
interface Violation {
  readonly code: number;
  readonly detail: string;
}

/** The pipe of frames in a call, the same for both ends; they differ in how a call ends. */
export abstract class GrpcLink implements Link {
  abstract readonly transport: "grpc" | "grpcs";
  abstract readonly remote: string;
  readonly #call: Call;
  readonly #outflow: Outflow;
  #sink: LinkSink | undefined;
  /** How it ended, once that is known. */
  #end: LinkEnd | undefined;
  /** The sink knows. */
  #told = false;
  /** Nothing more may be written. */
  #silenced = false;

  constructor(call: Call) {
    this.#call = call;
    this.#outflow = new Outflow(call, () => {
      if (!this.#silenced) this.#sink?.onDrain();
    });
    // The status says how a call ended; an "error" nobody listens to would end the process.
    call.on("error", () => {});
    // Explicitly paused, so that a listener for "data" does not start it.
    call.pause();
  }

  /** The longest frame handed to `send` so far, in octets. */
  protected get longestSent(): number {
    return this.#outflow.longest;
  }

  start(sink: LinkSink): void {
    this.#sink = sink;
    this.#call.on("data", (frame) => {
      if (this.#end === undefined) sink.onFrame(frame);
    });
    this.#call.on("end", () => this.handleReadEnd());
    if (this.#end !== undefined) this.#tell(this.#end);
    else this.#call.resume();
  }

  send(frame: Uint8Array): boolean {
    if (this.#silenced || this.#call.writableEnded || this.#call.destroyed) return false;
    return this.#outflow.write(frame);
  }

  sendParts(head: Uint8Array, data: Uint8Array): boolean {
    const frame = Buffer.allocUnsafe(head.length + data.length);
    frame.set(head);
    frame.set(data, head.length);
    return this.send(frame);
  }

  octetsSent(): number {
    return this.#outflow.takenBytes;
  }

  /** grpc-js then reads 16 messages ahead, and HTTP/2's window closes: the peer has to wait [PW-LIM-5]. */
  pause(): boolean {
    this.#call.pause();
    return true;
  }

  resume(): void {
    this.#call.resume();
  }

  close(info: CloseInfo): void {
    if (this.#silenced) return;
    this.#silenced = true;
    // Reads on, also if the application does not: the peer's end comes behind what it sent before.
    this.#call.resume();
    this.closeCall(info);
  }

  abort(info: CloseInfo): void {
    this.#silenced = true;
    if (this.#end === undefined) {
      this.#end = { kind: "local" };
      // One more turn after the last write: grpc-js hands messages on in microtasks.
      this.#outflow.flushed(() => setImmediate(() => this.abortCall(info)));
      process.nextTick(() => this.#tell({ kind: "local" }));
    }
    // What still comes is thrown away; unread, it would keep the call open.
    this.#call.resume();
  }

  /** Ends this side's direction in good order, after what was sent. */
  protected abstract closeCall(info: CloseInfo): void;
  /** Ends the call now. */
  protected abstract abortCall(info: CloseInfo): void;
  /** All frames before the peer's end have been delivered. */
  protected abstract handleReadEnd(): void;

  /** Nothing can be sent any more, and what arrived before is delivered, also while paused. */
  protected silence(): void {
    this.#silenced = true;
    if (this.#sink !== undefined) this.#call.resume();
  }

  /** Delivers what grpc-js holds, now: a call that is cancelled forgets it. */
  protected drain(): void {
    if (this.#sink === undefined) return;
    while (this.#call.read() !== null) {} // each read is a "data" event
  }

  /** The call is over, for the reason of `end` unless another was known before. */
  protected finish(end: LinkEnd, violation?: Violation): void {
    this.#silenced = true;
    if (this.#end !== undefined) return;
    this.#end = end;
    if (violation !== undefined) this.#sink?.onViolation(violation.code, violation.detail);
    this.#tell(end);
  }

  #tell(end: LinkEnd): void {
    if (this.#told || this.#sink === undefined) return;
    this.#told = true;
    this.#sink.onClose(end);
  }
}
