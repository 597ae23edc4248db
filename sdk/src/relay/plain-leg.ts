import type { Socket } from "node:net";
import type { Leg, LegEnd } from "./leg.ts";

/**
 * Of a program on another machine that vanishes, the kernel hears after this
 * many ms without octets, and some ten probes a second. There is no heartbeat
 * on this leg: more than that cannot be known of a program that has none.
 */
const KEEP_ALIVE_MS = 30_000;
/** How long a program that has been told the end may take to end its own direction, in ms. */
const FAREWELL_MS = 2000;

/**
 * A reset throws away what the kernel has been given and the program has not
 * taken yet, and nobody can ask how much that is. So it comes no sooner than
 * this many ms after the last octets.
 */
const GRACE_MS = 1000;

/** A leg of an unmodified program: a socket that was made with `allowHalfOpen`. */
export class PlainLeg implements Leg {
  readonly remote: string;
  readonly ended: Promise<LegEnd>;
  readonly #socket: Socket;
  #end: LegEnd | undefined;
  #error: NodeJS.ErrnoException | undefined;
  #isFinished = false;
  #isDiscarding = false;
  #wake: (() => void) | undefined;
  #farewell: NodeJS.Timeout | undefined;
  #isFailed = false;
  /** When the kernel last took octets: monotonic ms. */
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(socket: Socket, remote: string) {
    this.#socket = socket;
    this.remote = remote;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on("error", (error) => {
      this.#error ??= error;
    });
    // Not "data": then the socket stops reading by itself while nobody takes what it has read.
    socket.on("readable", () => this.#handleReadable());
    socket.on("end", () => this.#wake?.());
    this.ended = new Promise((resolve) => {
      socket.on("close", () => resolve(this.#handleClose()));
    });
  }

  get end(): LegEnd | undefined {
    return this.#end;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** A program that has only ended its direction is still there; one whose socket is gone was lost. */
  async leavesSomething(): Promise<boolean> {
    return false;
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const octets: Buffer | null = this.#socket.read();
      if (octets !== null) return octets;
      if (this.#end !== undefined) return undefined;
      if (this.#socket.readableEnded) {
        this.#isFinished = !(await this.#wasReset());
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  write(octets: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (!socket.writable || this.#isFailed) return Promise.resolve();
    // Until the operating system has taken it: so one piece waits here and no more. The callback
    // comes in any case, with an error if the socket is destroyed before.
    return new Promise((resolve) => {
      socket.write(octets, () => {
        this.#writtenAt = performance.now();
        resolve();
      });
    });
  }

  finish(): void {
    if (this.#socket.writable && !this.#isFailed) this.#socket.end();
  }

  close(): void {
    this.finish();
    if (this.#end !== undefined || this.#isFinished) return;
    // Octets that nobody has read would turn the end of the socket into a reset, which throws away
    // what the program has not read yet of ours. So what it still says is read, for a while.
    this.#isDiscarding = true;
    this.#handleReadable();
    this.#farewell ??= setTimeout(() => this.#socket.destroy(), FAREWELL_MS);
  }

  fail(): void {
    if (this.#end !== undefined || this.#isFailed) return;
    this.#isFailed = true;
    clearTimeout(this.#farewell);
    const wait = this.#writtenAt + GRACE_MS - performance.now();
    if (wait <= 0) this.stop();
    else this.#farewell = setTimeout(() => this.stop(), wait);
  }

  stop(): void {
    if (this.#end !== undefined) return;
    this.#isFailed = true;
    // A FIN would make what was cut off look complete [PW-GWY-9]. A Unix socket has no reset.
    if (this.#socket.remoteAddress === undefined) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /**
   * Of a reset that comes together with octets, libuv tells as of an end; and
   * what was cut off would look complete [PW-GWY-9]. Only who writes learns the
   * truth, be it nothing that is written.
   */
  #wasReset(): Promise<boolean> {
    const socket = this.#socket;
    // What is shut cannot be asked; a reset is then taken for the end, as docs/relay.md says.
    if (!socket.writable) return Promise.resolve(false);
    if (socket.writableLength > 0) {
      // What waits to be written fails as well, in the same round of the event loop.
      return new Promise((resolve) => setImmediate(() => resolve(socket.destroyed)));
    }
    return new Promise((resolve) => socket.write("", (error) => resolve(error instanceof Error)));
  }

  #handleReadable(): void {
    if (this.#isDiscarding) while (this.#socket.read() !== null) {}
    this.#wake?.();
  }

  #handleClose(): LegEnd {
    clearTimeout(this.#farewell);
    const error = this.#error;
    const orderly = error === undefined && this.#isFinished;
    this.#end = { orderly, why: orderly ? "the program has ended" : describe(error) };
    this.#wake?.();
    return this.#end;
  }
}

function describe(error: NodeJS.ErrnoException | undefined): string {
  if (error === undefined) return "the connection of the program was given up";
  if (error.code === "ECONNRESET" || error.code === "EPIPE")
    return "the program reset the connection";
  return `the connection of the program failed: ${error.code ?? error.message}`;
}
