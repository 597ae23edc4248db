import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocketServer } from "ws";
import { SUBPROTOCOL } from "../driver/websocket-close.ts";
import { keepAlive } from "../node/keep-alive.ts";
import {
  checkHandshakeOptions,
  judgeHandshake,
  refuse,
  type WsHandshakeOptions,
} from "./handshake.ts";
import { loadWs } from "./load.ts";
import { describeSocket } from "./remote.ts";
import { WsLink } from "./ws-link.ts";

/** Makes links of the handshakes that arrive at an HTTP server. */
export class Upgrades {
  readonly #options: WsHandshakeOptions;
  readonly #maxFrameBytes: number;
  readonly #accept: (link: WsLink) => void;
  readonly #server: WebSocketServer;
  /** Handshakes that wait for their verdict. */
  readonly #pending = new Set<Duplex>();

  /** @throws PulsewireError `PW_CONFIG`, `PW_MISSING_DEPENDENCY`. */
  constructor(options: WsHandshakeOptions, maxFrameBytes: number, accept: (link: WsLink) => void) {
    checkHandshakeOptions(options);
    const { WebSocketServer } = loadWs();
    this.#options = options;
    this.#maxFrameBytes = maxFrameBytes;
    this.#accept = accept;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false, // PW-WS-5
      maxPayload: maxFrameBytes, // PW-LIM-1
      allowSynchronousEvents: true,
      handleProtocols: () => SUBPROTOCOL, // offered: that has been judged before
    });
  }

  /** Takes one handshake on; it is answered whatever comes of it. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const gone = (): void => void socket.destroy();
    socket.on("error", gone);
    this.#pending.add(socket);
    const refusal = await judgeHandshake(request, this.#options);
    this.#pending.delete(socket);
    if (socket.destroyed) return;
    if (refusal !== undefined) {
      refuse(socket, refusal);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const maxFrameBytes = this.#maxFrameBytes;
      keepAlive(socket, this.#options);
      this.#accept(new WsLink(ws, { ...describeSocket(socket), maxFrameBytes }));
    });
    socket.off("error", gone);
  }

  /** Lets go of the handshakes that have no answer yet. */
  stop(): void {
    for (const socket of this.#pending) socket.destroy();
  }
}
