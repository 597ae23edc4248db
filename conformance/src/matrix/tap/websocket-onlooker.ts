/** Looks on at WebSocket: the handshake of RFC 6455, and then its messages. */
import { describeHandshake, HttpHeadReader } from "../../peers/websocket-handshake.ts";
import { WebSocketReader } from "../../wire/websocket-messages.ts";
import type { Side } from "../model.ts";
import { type Onlooker, type Passed, passedOf } from "./passed.ts";

export class WebSocketOnlooker implements Onlooker {
  readonly #from: Side;
  readonly #messages = new WebSocketReader();
  #head: HttpHeadReader | undefined = new HttpHeadReader();

  constructor(from: Side) {
    this.#from = from;
  }

  get pendingBytes(): number {
    return this.#messages.pendingBytes;
  }

  push(octets: Uint8Array): Passed[] {
    if (this.#head === undefined) return this.#messages.push(octets).flatMap(passedOf);
    const head = this.#head.push(octets);
    if (head === undefined) return [];
    this.#head = undefined;
    if (head === "endless")
      return [{ kind: "octets", what: "an HTTP head without an end", bytes: octets.length }];
    // The server's consent completes the handshake [PW-WS-8].
    const opens: Passed[] =
      this.#from === "listener" && head.firstLine.includes(" 101 ") ? [{ kind: "opens" }] : [];
    return [
      { kind: "octets", what: describeHandshake(head), bytes: 0 },
      ...opens,
      ...this.#messages.push(head.rest).flatMap(passedOf),
    ];
  }
}
