/** Raw WebSocket peers: a handshake of one's own, so that it can be a wrong one. */
import type { StreamSocket } from "../network/network.ts";
import type { Machine } from "../time/machine.ts";
import type { Time } from "../time/time.ts";
import { webSocketCodeFor } from "../wire/close-codes.ts";
import type { Piece } from "../wire/framing.ts";
import {
  closePayload,
  Opcode,
  WebSocketReader,
  webSocketFrame,
  webSocketHead,
} from "../wire/websocket-messages.ts";
import {
  type Address,
  type Manners,
  type RawListener,
  type RawPeer,
  type Read,
  SUBPROTOCOL,
} from "./peer.ts";
import { SocketPeer } from "./socket-peer.ts";
import {
  describeHandshake,
  type HttpHead,
  HttpHeadReader,
  offeredSubprotocols,
  refusal,
  upgradeRequest,
  upgradeResponse,
} from "./websocket-handshake.ts";

const NOTHING = new Uint8Array(0);

export class WebSocketPeer extends SocketPeer {
  readonly transport = "ws" as const;
  readonly #isClient: boolean;
  readonly #host: string;
  readonly #path: string;
  #handshake: HttpHeadReader | undefined = new HttpHeadReader();
  #sentClose = false;

  constructor(
    socket: StreamSocket,
    isClient: boolean,
    host: string,
    manners: Manners,
    time: Time,
    path = "/",
  ) {
    super(socket, new WebSocketReader(), manners, time);
    this.#isClient = isClient;
    this.#host = host;
    this.#path = path;
  }

  framed(frame: Uint8Array): Uint8Array {
    return webSocketFrame(Opcode.binary, frame, this.#isClient);
  }

  head(length: number): Uint8Array {
    return webSocketHead(Opcode.binary, length, this.#isClient);
  }

  sendText(text: string): void {
    this.#sendFrame(Opcode.text, new TextEncoder().encode(text));
  }

  ping(): void {
    this.#sendFrame(Opcode.ping, NOTHING);
  }

  end(closeCode?: number): void {
    this.#sendClose(closeCode === undefined ? undefined : webSocketCodeFor(closeCode));
    this.socket.end();
  }

  protected override onConnected(): void {
    if (!this.#isClient) return;
    const { subprotocol = SUBPROTOCOL, offerCompression = false } = this.manners;
    this.socket.write(upgradeRequest(this.#host, this.#path, subprotocol, offerCompression));
  }

  protected override onRead(chunk: Uint8Array, read: Read): void {
    if (this.#handshake === undefined) {
      super.onRead(chunk, read);
      return;
    }
    const head = this.#handshake.push(chunk);
    if (head === undefined) return;
    if (head === "endless") {
      this.sink.onEnd({ how: "refused", detail: "an HTTP head without an end" });
      this.socket.destroy();
      return;
    }
    this.#handshake = undefined;
    this.sink.onOctets(NOTHING, describeHandshake(head), read);
    const refused = this.#isClient ? this.#judgeResponse(head) : this.#answerRequest(head);
    if (refused !== undefined) {
      this.sink.onEnd({ how: "refused", detail: refused });
      this.socket.end();
      return;
    }
    // The first frames may come in the same read as the handshake: they are not before it.
    this.sink.onOpen(read.at);
    if (head.rest.length > 0) super.onRead(head.rest, read);
  }

  protected override onPiece(piece: Piece, read: Read): void {
    super.onPiece(piece, read);
    // A pong says nothing of Pulsewire: it only keeps a well-behaved peer content.
    const isPing = piece.kind === "control" && piece.what === "websocket ping";
    if (isPing && this.manners.withholdPong !== true) this.#sendFrame(Opcode.pong, piece.octets);
    if (piece.kind === "close-code" && this.manners.linger !== true) {
      this.#sendClose(piece.code);
      if (!this.#isClient) this.socket.end();
    }
  }

  #judgeResponse(head: HttpHead): string | undefined {
    if (!head.firstLine.includes(" 101 ")) return head.firstLine;
    const selected = head.headers.get("sec-websocket-protocol");
    if (selected === SUBPROTOCOL || this.manners.anyResponse === true) return undefined;
    return `the server selected ${selected ?? "no subprotocol"}`;
  }

  #answerRequest(head: HttpHead): string | undefined {
    const { subprotocol = SUBPROTOCOL, anySubprotocol, acceptCompression = false } = this.manners;
    const key = head.headers.get("sec-websocket-key") ?? "";
    const offered = offeredSubprotocols(head).includes(SUBPROTOCOL);
    if (!offered && anySubprotocol !== true) {
      this.socket.write(refusal());
      return `the client did not offer ${SUBPROTOCOL}`;
    }
    this.socket.write(upgradeResponse(key, offered ? subprotocol : null, acceptCompression));
    return undefined;
  }

  #sendFrame(opcode: number, payload: Uint8Array): void {
    this.sendOctets(webSocketFrame(opcode, payload, this.#isClient));
  }

  #sendClose(code: number | undefined): void {
    if (this.#sentClose) return;
    this.#sentClose = true;
    this.#sendFrame(Opcode.close, closePayload(code));
  }
}

export function dialWebSocket(machine: Machine, address: Address, manners: Manners): RawPeer {
  const host = `${address.host}:${address.port}`;
  return new WebSocketPeer(machine.network.connect(address), true, host, manners, machine.time);
}

export function listenWebSocket(
  machine: Machine,
  manners: Manners,
  accept: (peer: RawPeer) => void,
): Promise<RawListener> {
  return machine.network.listen((socket) =>
    accept(new WebSocketPeer(socket, false, "", manners, machine.time)),
  );
}
