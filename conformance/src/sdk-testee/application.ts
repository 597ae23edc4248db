/** What an application does with a session when the harness tells it to. */
import type { Sending, TesteeConfig } from "../testee/contract.ts";

/** What it needs of a session. */
export interface Conversation extends AsyncIterable<Uint8Array> {
  readonly state: string;
  readonly closed: Promise<unknown>;
  send(message: Uint8Array | string): unknown;
}

export class Application {
  readonly #session: Conversation;
  readonly #reply: TesteeConfig["reply"];
  #timer: NodeJS.Timeout | undefined;
  #reading = false;

  constructor(session: Conversation, config: TesteeConfig) {
    this.#session = session;
    this.#reply = config.reply;
    if (config.read !== "paused") this.read();
    if (config.stream !== undefined)
      this.send({ ...config.stream, repeat: Number.POSITIVE_INFINITY });
    void session.closed.then(() => clearInterval(this.#timer));
  }

  /** Takes messages from now on, and answers them if that was asked for. */
  read(): void {
    if (this.#reading) return;
    this.#reading = true;
    void this.#readAll();
  }

  send(sending: Sending): void {
    const message = sending.text ?? new Uint8Array(sending.bytes ?? 0).fill(0x2e);
    let left = sending.repeat ?? 1;
    const sendOne = (): void => {
      left -= 1;
      this.#send(message);
      if (left <= 0) clearInterval(this.#timer);
    };
    if (sending.every_ms === undefined) {
      while (left > 0) sendOne();
      return;
    }
    clearInterval(this.#timer);
    this.#timer = setInterval(sendOne, sending.every_ms);
    sendOne();
  }

  async #readAll(): Promise<void> {
    for await (const message of this.#session) {
      if (this.#reply === "echo") this.#send(message);
      if (this.#reply === "length") this.#send(String(message.length));
    }
  }

  #send(message: Uint8Array | string): void {
    // Between two messages the session may have been closed, or have ended; the harness sees that by itself.
    const { state } = this.#session;
    if (state === "open" || state === "suspect") this.#session.send(message);
  }
}
