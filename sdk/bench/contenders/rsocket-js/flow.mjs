// rsocket-js on TCP. The receiver asks for one endless stream, so many messages at a time as the
// variant says, and for more when half of them have come: so RSocket holds a sender back.
import { createServer } from "node:net";
import { load } from "../../framework/child.mjs";

const { RSocketConnector, RSocketServer } = await load("rsocket-core");
const { TcpClientTransport } = await load("rsocket-tcp-client");
const { TcpServerTransport } = await load("rsocket-tcp-server");

/** @type {import("../../flow/contender.mjs").Receive} */
export async function receive({ variant, port, onMessage }) {
  const window = Number(variant);
  const connector = new RSocketConnector({
    setup: { keepAlive: 5_000, lifetime: 60_000 },
    transport: new TcpClientTransport({
      connectionOptions: { port, host: "127.0.0.1", noDelay: true },
    }),
  });
  const peer = await connector.connect();
  let due = window;
  const stream = peer.requestStream({ data: Buffer.alloc(0) }, window, {
    onNext(/** @type {{ data: Buffer }} */ { data }) {
      onMessage(data.length);
      due -= 1;
      if (due > window / 2) return;
      due += window / 2;
      stream.request(window / 2);
    },
    onError: fail,
    onComplete() {},
    onExtension() {},
  });
}

/** @type {import("../../flow/contender.mjs").Send} */
export function send({ onListening }) {
  return new Promise((resolve, reject) => {
    /** @type {(payload: unknown, first: number, stream: Stream) => unknown} */
    const requestStream = (_payload, first, stream) => {
      const sender = new StreamSender(stream, first);
      resolve(sender);
      return {
        request: (/** @type {number} */ n) => sender.allow(n),
        cancel() {},
        onExtension() {},
      };
    };
    const server = new RSocketServer({
      acceptor: { accept: async () => ({ requestStream }) },
      transport: new TcpServerTransport({
        listenOptions: { port: 0, host: "127.0.0.1" },
        serverOptions: { noDelay: true },
        socketCreator(/** @type {import("node:net").ServerOpts} */ options) {
          const listener = createServer(options);
          listener.once("listening", () => {
            const address = listener.address();
            if (typeof address === "object" && address !== null) onListening(address.port);
          });
          return listener;
        },
      }),
    });
    server.bind().catch(reject);
  });
}

/** @typedef {{ onNext(payload: { data: Buffer }, isComplete: boolean): void }} Stream */

/** Sends what the receiver has asked for. */
class StreamSender {
  #stream;
  #allowed;
  #waiting = () => {};

  /** @param {Stream} stream @param {number} allowed */
  constructor(stream, allowed) {
    this.#stream = stream;
    this.#allowed = allowed;
  }

  /** @param {number} count */
  allow(count) {
    this.#allowed += count;
    this.#waiting();
  }

  /** @param {Uint8Array} message @param {number} count */
  burst(message, count) {
    const few = Math.min(count, this.#allowed);
    const data = Buffer.from(message.buffer, message.byteOffset, message.length);
    for (let sent = 0; sent < few; sent += 1) this.#stream.onNext({ data }, false);
    this.#allowed -= few;
    return few;
  }

  ready() {
    if (this.#allowed > 0) return undefined;
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      this.#waiting = () => resolve();
    });
  }
}

/** @param {Error} error */
function fail(error) {
  throw error;
}
