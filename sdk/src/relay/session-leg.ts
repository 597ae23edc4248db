import { CloseCode, type ConnectionEnd, closeCodeName } from "../core/index.ts";
import type { Session } from "../driver/index.ts";
import type { Leg, LegEnd, Loss } from "./leg.ts";

const EMPTY = new Uint8Array(0);

/**
 * What the messages of a session are: those of two applications, or the stream
 * of a program, whose end is an empty message [PW-GWY-6].
 */
export type Framing = "messages" | "stream";

/** A leg that speaks Pulsewire. */
export class SessionLeg implements Leg {
  readonly remote: string;
  readonly ended: Promise<LegEnd>;
  readonly #session: Session;
  readonly #framing: Framing;
  readonly #maxMessageBytes: number;
  readonly #messages: AsyncIterator<Uint8Array, undefined>;
  /** The next message, of which it was only asked whether there is one. */
  #ahead: Promise<IteratorResult<Uint8Array, undefined>> | undefined;
  #isFinished = false;
  /** The peer has handed on to its program all that this side sent [PW-GWY-7]. */
  #isThrough = false;
  #isClosing = false;

  /** @param maxMessageBytes that of the session: the octets of a stream are cut there. */
  constructor(session: Session, framing: Framing, maxMessageBytes: number) {
    this.#session = session;
    this.#framing = framing;
    this.#maxMessageBytes = maxMessageBytes;
    this.#messages = session[Symbol.asyncIterator]();
    this.remote = `${session.transport} ${session.remote}`;
    this.ended = session.closed.then((end) => this.#describe(end));
  }

  get end(): LegEnd | undefined {
    const { end } = this.#session;
    return end === undefined ? undefined : this.#describe(end);
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  async leavesSomething(): Promise<boolean> {
    const { kind } = await this.#session.closed;
    if (kind !== "closed" && kind !== "peer-closed" && kind !== "idle") return false;
    this.#ahead ??= this.#messages.next();
    return (await this.#ahead).value !== undefined;
  }

  async read(): Promise<Uint8Array | undefined> {
    const message = await this.#next();
    if (message === undefined || message.length > 0 || this.#framing === "messages") return message;
    this.#isFinished = true; // PW-GWY-6
    this.#awaitSecond();
    return undefined;
  }

  async write(piece: Uint8Array): Promise<void> {
    if (this.#framing === "messages") return this.#send(piece);
    // PW-GWY-6: cut as it likes, and a program may say more at once than a message can hold.
    for (let at = 0; at < piece.length; at += this.#maxMessageBytes) {
      await this.#send(piece.subarray(at, at + this.#maxMessageBytes));
    }
  }

  finish(): void {
    if (this.#framing === "stream" && this.#isOpen) this.#session.send(EMPTY); // PW-GWY-6
  }

  close(): void {
    if (!this.#isOpen) return;
    if (this.#framing === "stream") {
      // Close now could overtake, in the time that it is given, what a slow program has yet to read
      // on the far side. The peer's second empty message says that nothing is under way [PW-GWY-7].
      this.#session.send(EMPTY);
      this.#isClosing = true;
      if (!this.#isThrough) return;
    }
    this.#session.close();
  }

  fail({ code, reason, retryAfterMs }: Loss): void {
    this.#session.close({ code, reason, retryAfterMs });
  }

  stop(loss: Loss, withinMs: number): void {
    this.fail(loss);
    // By itself a session waits as long as its transport goes on taking something.
    const late = setTimeout(() => this.#session.abort(), withinMs);
    this.ended.then(() => clearTimeout(late));
  }

  get #isOpen(): boolean {
    const { state } = this.#session;
    return state === "open" || state === "suspect";
  }

  async #send(message: Uint8Array): Promise<void> {
    if (this.#isOpen && !this.#session.send(message)) await this.#session.drained();
  }

  async #next(): Promise<Uint8Array | undefined> {
    const next = this.#ahead ?? this.#messages.next();
    this.#ahead = undefined;
    return (await next).value;
  }

  /** After the end of the peer's stream one more message may come, and it is empty. */
  async #awaitSecond(): Promise<void> {
    const second = await this.#next();
    if (second?.length === 0) {
      this.#isThrough = true;
      if (this.#isClosing) this.#session.close();
    }
    const wrong = second?.length === 0 ? await this.#next() : second;
    if (wrong === undefined) return;
    const reason = `${wrong.length} octets after the end of the stream`;
    this.#session.close({ code: CloseCode.PROTOCOL_ERROR, reason }); // PW-GWY-8
  }

  #describe(end: ConnectionEnd): LegEnd {
    const isNormal = end.kind === "closed" && end.code === CloseCode.NORMAL;
    // When all is through, nothing can be cut off any more, whatever the end.
    const orderly = this.#framing === "stream" && (this.#isThrough || isNormal);
    return { orderly, why: inWords(end), end };
  }
}

function inWords(end: ConnectionEnd): string {
  switch (end.kind) {
    case "closed": {
      const said = end.reason === "" ? "" : `: ${end.reason}`;
      return `closed with ${closeCodeName(end.code)}${said}`;
    }
    case "peer-closed":
      return "ended without a Close";
    case "peer-silent":
      return `silent for ${Math.round(end.evidence.silentForMs)} ms`;
    case "outbound-blocked":
      return `took nothing for ${Math.round(end.blockedForMs)} ms`;
    case "idle":
      return `idle for ${Math.round(end.idleForMs)} ms`;
    case "protocol-error":
      return `broke the protocol: ${end.detail}`;
    case "unsupported-version":
      return "no version in common";
    case "link-lost":
      return `lost: ${codeOf(end.cause) ?? end.cause.message}`;
    case "aborted":
      return "given up";
  }
}

function codeOf(cause: Error): string | undefined {
  return "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}
