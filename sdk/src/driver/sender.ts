import type { Connection } from "../core/index.ts";
import type { Link } from "./link.ts";

/**
 * Gives a link what its connection has to send, as long as the link has room,
 * and sees whether the link takes it [PW-OUT-2].
 */
export class Sender {
  readonly #connection: Connection;
  readonly #link: Link;
  #hasRoom = true;
  #octetsSent = 0;

  constructor(connection: Connection, link: Link) {
    this.#connection = connection;
    this.#link = link;
  }

  /** The link takes more frames. */
  get hasRoom(): boolean {
    return this.#hasRoom;
  }

  /** The link needs nothing any more of what it was given, and nothing waits for it. */
  get isDrained(): boolean {
    return this.#hasRoom && !this.#connection.hasUnsentData;
  }

  /** The link has room again. */
  drained(now: number): void {
    this.#hasRoom = true;
    this.#connection.handleDrain(now);
  }

  /** The link is gone, and has let go of all that it was given. */
  linkClosed(): void {
    this.#hasRoom = true;
  }

  /** Asks the transport whether it took something, while something waits for it. */
  noticeProgress(now: number): void {
    if (this.#hasRoom && !this.#connection.isWaitingToSend) return;
    const octetsSent = this.#link.octetsSent();
    if (octetsSent !== this.#octetsSent) this.#connection.handleProgress(now); // PW-OUT-2
    this.#octetsSent = octetsSent;
  }

  /** Sends what there is to send. False: there was nothing, or no room. */
  transmit(now: number): boolean {
    if (!this.#hasRoom) return false;
    const room = this.#connection.unsentMessages > 1 ? this.#handAll(now) : this.#hand(now);
    if (room === undefined) return false;
    this.#hasRoom = room;
    if (!room) {
      // From here on the transport has to show that it takes something [PW-OUT-2].
      this.#octetsSent = this.#link.octetsSent();
      this.#connection.handleFull();
    }
    return true;
  }

  /** Gives the link what waits, as one batch if it knows batches. As {@link #hand}. */
  #handAll(now: number): boolean | undefined {
    const link = this.#link;
    link.cork?.(this.#connection.unsentFrameBytes);
    const first = this.#hand(now);
    let room = first;
    while (room === true) room = this.#hand(now);
    const after = link.uncork?.() ?? room ?? true;
    return first === undefined ? undefined : after;
  }

  /** Gives the link the next frame. Whether there is room for more; undefined if there was none to give. */
  #hand(now: number): boolean | undefined {
    const link = this.#link;
    if (link.sendParts === undefined) {
      const frame = this.#connection.pollTransmit(now);
      return frame && link.send(frame);
    }
    const frame = this.#connection.pollTransmitParts(now);
    if (frame === undefined) return undefined;
    return frame.data === undefined
      ? link.send(frame.head)
      : link.sendParts(frame.head, frame.data);
  }
}
