/** An end of a connection in memory, which behaves as a `net.Socket` does. */
import { Duplex } from "node:stream";
import type { VirtualSide } from "../time/virtual.ts";
import type { StreamSocket } from "./network.ts";
import type { Pipe, PipeUser } from "./pipe.ts";

/** The same in every version of Node, so that back-pressure is. */
const HIGH_WATER_BYTES = 65_536;

type Done = (error?: Error | null) => void;

export class MemorySocket extends Duplex implements StreamSocket, PipeUser {
  readonly side: VirtualSide;
  #in: Pipe | undefined;
  #out: Pipe | undefined;
  /** The stream has room for more. */
  #wants = false;
  #finRead = false;
  /** Cut by the other side at a moment when nobody was reading: the next write finds out. */
  #isCut = false;
  #resets = false;
  /** What the pipe had no room for. */
  #pending: { readonly octets: Uint8Array; readonly done: Done } | undefined;

  /** `halfOpen`: this direction stays open when the other has ended. */
  constructor(side: VirtualSide, halfOpen: boolean) {
    super({ allowHalfOpen: halfOpen, highWaterMark: HIGH_WATER_BYTES });
    this.side = side;
  }

  get connecting(): boolean {
    return this.#in === undefined && !this.destroyed;
  }

  setNoDelay(): this {
    // Nothing is ever delayed.
    return this;
  }

  resetAndDestroy(): this {
    if (this.destroyed) return this;
    if (this.connecting) return this.once("connect", () => this.resetAndDestroy());
    this.#resets = true;
    return this.destroy();
  }

  /** The byte stream is there. */
  join(incoming: Pipe, outgoing: Pipe): void {
    if (this.destroyed) {
      // It was given up while the operating system still shook hands.
      incoming.abandon();
      outgoing.end("fin");
      return;
    }
    this.#in = incoming;
    this.#out = outgoing;
    this.emit("connect");
    // A socket reads ahead, whether or not anybody listens yet.
    if (!this.isPaused()) this.read(0);
  }

  /** Nobody listens there. */
  refuse(): void {
    this.destroy(systemError("connect", "ECONNREFUSED"));
  }

  onReadable(): void {
    const pipe = this.#in;
    if (pipe === undefined) return;
    while (this.#wants && !this.destroyed && pipe.arrivedBytes > 0)
      this.#wants = this.push(pipe.read());
    if (this.destroyed) return;
    if (pipe.ended === "reset") this.#onReset();
    else if (pipe.ended === "fin" && this.#wants && !this.#finRead && pipe.arrivedBytes === 0) {
      this.#finRead = true;
      this.push(null);
    }
  }

  onRoom(): void {
    const pending = this.#pending;
    if (pending === undefined || this.destroyed) return;
    this.#pending = undefined;
    this.#send(pending.octets, pending.done);
  }

  override _read(): void {
    this.#wants = true;
    // It comes from the operating system, and so in its own time.
    if (this.#in !== undefined) this.side.read(0, () => this.onReadable());
  }

  override _write(chunk: Uint8Array, _: BufferEncoding, done: Done): void {
    this.#whenConnected(() => this.#send(chunk, done));
  }

  override _final(done: Done): void {
    this.#whenConnected(() => {
      this.#out?.end("fin");
      done();
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    // Whoever closes while octets wait unread cuts the connection.
    const cuts = this.#resets || (this.#in?.heldBytes ?? 0) > 0;
    this.#in?.abandon();
    this.#out?.end(cuts ? "reset" : "fin");
    done(error);
  }

  #send(octets: Uint8Array, done: Done): void {
    const pipe = this.#out;
    if (pipe === undefined || this.#isCut) {
      done(systemError("write", "EPIPE"));
      return;
    }
    if (pipe.isAbandoned) {
      // Taken, and answered with a reset.
      this.#in?.end("reset");
      done();
      return;
    }
    const taken = pipe.write(octets);
    if (taken === octets.length) done();
    else this.#pending = { octets: octets.subarray(taken), done };
  }

  #onReset(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) pending.done(systemError("write", "ECONNRESET"));
    else if (this.#wants && !this.#finRead) this.destroy(systemError("read", "ECONNRESET"));
    else this.#isCut = true;
  }

  #whenConnected(act: () => void): void {
    if (this.connecting) this.once("connect", act);
    else act();
  }
}

function systemError(call: string, code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${call} ${code}`), { code, syscall: call });
}
