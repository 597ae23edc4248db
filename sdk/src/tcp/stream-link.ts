import type { Duplex } from "node:stream";
import type { CloseInfo, Link, LinkEnd, LinkSink } from "../driver/index.ts";
import { FrameWriter } from "./frame-writer.ts";
import { FrameDecoder } from "./framing.ts";

const NO_OCTETS = new Uint8Array(0);

/**
 * Where a stream has its link. The listeners are the same functions for all
 * streams and look for it there: a closure for each would be a quarter of what
 * an idle session takes.
 */
const LINK = Symbol("pulsewire link");

interface LinkedStream extends Duplex {
  [LINK]: StreamLink;
}

/** What a {@link StreamLink} has to be told of its stream. */
export interface StreamLinkOptions {
  /** The name of the transport, for people and logs. */
  readonly transport: string;
  /** The peer's address, for people and logs. */
  readonly remote: string;
  /** Longest frame accepted, in octets. */
  readonly maxFrameBytes: number;
}

/**
 * Frames on a stream of octets, each after its length [PW-TCP-1]. The stream
 * is connected, and nobody else reads or writes it.
 */
export class StreamLink implements Link {
  readonly transport: string;
  readonly remote: string;
  readonly #stream: Duplex;
  readonly #decoder: FrameDecoder;
  readonly #writer: FrameWriter;
  #sink: LinkSink | undefined;
  #paused = false;
  /** This side has ended its direction, or is about to. */
  #closing = false;
  /** The peer broke the framing, and the sink knows. */
  #violated = false;
  /** How the link ended, from then on. */
  #end: LinkEnd | undefined;

  constructor(stream: Duplex, options: StreamLinkOptions) {
    this.transport = options.transport;
    this.remote = options.remote;
    this.#stream = stream;
    (stream as LinkedStream)[LINK] = this;
    this.#decoder = new FrameDecoder(options.maxFrameBytes);
    this.#writer = new FrameWriter(stream);
    // From now on and for ever: an error that nobody listens for ends the process. Data has no
    // listener before start(), so the stream itself holds it.
    stream.on("error", StreamLink.#listeners.error);
    stream.on("end", StreamLink.#listeners.end);
    stream.on("drain", StreamLink.#listeners.drain);
    stream.on("close", StreamLink.#listeners.close);
    if (stream.readableEnded) this.#handleEnd();
    else if (stream.destroyed) {
      const cause = stream.errored ?? new Error("the stream was destroyed before it was used");
      this.#finish({ kind: "lost", cause });
    }
  }

  start(sink: LinkSink): void {
    this.#sink = sink;
    const end = this.#end;
    if (end !== undefined) {
      process.nextTick(() => this.#report(end));
      return;
    }
    this.#stream.on("data", StreamLink.#listeners.data);
    // A stream that somebody paused before stays so in spite of the listener.
    if (!this.#paused) this.#stream.resume();
  }

  send(frame: Uint8Array): boolean {
    return this.sendParts(NO_OCTETS, frame);
  }

  sendParts(head: Uint8Array, data: Uint8Array): boolean {
    return this.#isOpen && this.#writer.write(head, data);
  }

  cork(octets: number): void {
    this.#writer.cork(octets);
  }

  uncork(): boolean {
    return this.#writer.uncork() && this.#isOpen;
  }

  octetsSent(): number {
    return this.#writer.octetsTaken;
  }

  pause(): boolean {
    // A closing link has to read, or it would never see the peer's end.
    if (!this.#closing && this.#end === undefined) {
      this.#paused = true;
      this.#stream.pause();
    }
    return true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#sink !== undefined) this.#stream.resume();
  }

  close(_info: CloseInfo): void {
    if (this.#closing || this.#end !== undefined) return;
    this.#closing = true;
    this.#stream.on("finish", StreamLink.#listeners.finish);
    this.#stream.end(); // after what was written before: PW-TCP-6
    // Octets that nobody read would turn the end of our socket into a reset, which throws away what
    // the peer has not read yet of ours, its Close among it. So read on, to the peer's own end.
    this.#paused = false;
    this.#stream.resume();
  }

  abort(_info: CloseInfo): void {
    // A write that can be taken has been taken by now: libuv tries it at once and queues only what
    // the operating system refused. So a Close sent a moment ago goes out before the FIN [PW-TCP-6].
    this.#finish({ kind: "local" });
  }

  static readonly #listeners = {
    data(this: LinkedStream, octets: Uint8Array): void {
      this[LINK].#handleRead(octets);
    },

    drain(this: LinkedStream): void {
      this[LINK].#sink?.onDrain();
    },

    end(this: LinkedStream): void {
      this[LINK].#handleEnd();
    },

    finish(this: LinkedStream): void {
      this[LINK].#handleFinish();
    },

    error(this: LinkedStream, cause: Error): void {
      this[LINK].#finish({ kind: "lost", cause });
    },

    close(this: LinkedStream): void {
      const cause = new Error("the stream was destroyed before its end");
      this[LINK].#finish(this.readableEnded ? { kind: "peer-closed" } : { kind: "lost", cause });
    },
  };

  /** Frames can be written. */
  get #isOpen(): boolean {
    return !this.#closing && this.#end === undefined && this.#stream.writable;
  }

  #handleRead(octets: Uint8Array): void {
    if (this.#closing || this.#end !== undefined) return;
    const decoder = this.#decoder;
    decoder.push(octets);
    while (decoder.next()) {
      this.#tellFrame(!decoder.isSpent);
      if (this.#closing || this.#end !== undefined) return;
      if (this.#paused) {
        // Back into the stream, which then holds its end back too until all has been read.
        const rest = decoder.takeRest();
        if (rest.length > 0) this.#stream.unshift(rest);
        return;
      }
    }
    if (this.#violated) return;
    const { violation } = decoder;
    if (violation !== undefined) {
      this.#violated = true;
      this.#sink?.onViolation(violation.code, violation.detail);
    } else if (decoder.isMidFrame) this.#sink?.onOctets(); // PW-TCP-5
  }

  #tellFrame(more: boolean): void {
    const { octets, from, to } = this.#decoder;
    const sink = this.#sink;
    if (sink?.onFrameWithin !== undefined) sink.onFrameWithin(octets, from, to, more);
    else sink?.onFrame(new Uint8Array(octets.buffer, octets.byteOffset + from, to - from), more);
  }

  /** The peer ended its direction. */
  #handleEnd(): void {
    if (this.#closing) {
      // Our own orderly end is given the time to get through; its caller bounds that.
      if (this.#stream.writableFinished) this.#finish({ kind: "local" });
      return;
    }
    // Half-close is close [PW-CLS-4], and what still waits to be written has lost its reader. On a
    // socket destroy() says goodbye by itself; TLS and streams of one's own need end() for that.
    this.#stream.end();
    this.#finish({ kind: "peer-closed" });
  }

  /** All that this side wrote is out, its end too. */
  #handleFinish(): void {
    if (this.#closing && this.#stream.readableEnded) this.#finish({ kind: "local" });
  }

  #finish(end: LinkEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#stream.destroy();
    // Not from within: whoever aborts is told after that. And not with "close", which a stream of
    // somebody's own may never emit.
    process.nextTick(() => this.#report(end));
  }

  #report(end: LinkEnd): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    this.#sink = undefined; // once, and the last call
    sink.onClose(end);
  }
}
