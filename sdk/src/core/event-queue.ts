import type { ConnectionEvent } from "./events.ts";

/**
 * What happened and has not been polled yet, in order. Mostly that is one
 * message, of which then no event is made, or one event, and then there is no
 * list of them.
 */
export class EventQueue {
  /** Came while nothing else waited, so it is the first of all. */
  #message: Uint8Array | undefined;
  #first: ConnectionEvent | undefined;
  /** Those after it, from `#polled` on: taking hundreds off the front one by one would cost more than they do. */
  #rest: ConnectionEvent[] | undefined;
  #polled = 0;

  push(event: ConnectionEvent): void {
    if (this.#first === undefined) this.#first = event;
    else if (this.#rest === undefined) this.#rest = [event];
    else this.#rest.push(event);
  }

  pushMessage(data: Uint8Array): void {
    if (this.#message === undefined && this.#first === undefined) this.#message = data;
    else this.push({ type: "message", data });
  }

  /** The message, if that is the first; it is no event then. */
  takeMessage(): Uint8Array | undefined {
    const message = this.#message;
    this.#message = undefined;
    return message;
  }

  take(): ConnectionEvent | undefined {
    const data = this.takeMessage();
    if (data !== undefined) return { type: "message", data };
    const event = this.#first;
    this.#first = this.#rest?.[this.#polled];
    this.#polled += 1;
    if (this.#rest === undefined || this.#polled >= this.#rest.length) {
      this.#rest = undefined;
      this.#polled = 0;
    }
    return event;
  }
}
