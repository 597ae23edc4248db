import { once } from "node:events";
import {
  type AddressInfo,
  createServer,
  connect as dial,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Relay, type RelayEvent, type RelayOptions, relay } from "pulsewire/relay";
import { expect } from "vitest";
import { certificates } from "../tcp/support.ts";

type Of<T extends RelayEvent["type"]> = Extract<RelayEvent, { type: T }>;

/** Closed after each test, in the reverse order of their making. */
const open: (() => unknown)[] = [];
export function atEnd(close: () => unknown): void {
  open.push(close);
}

/** What keeps a process alive, but for what the test runner itself has. */
function handles(): string[] {
  const ours = /^(TCP|Pipe)(Socket|Server)Wrap$|^TLSWrap$|^Timeout$|^(Connect|Write|Shutdown)Wrap$/;
  return process.getActiveResourcesInfo().filter((name) => ours.test(name));
}

/**
 * Closes everything of a test, and sees that nothing is left of it.
 *
 * @param before {@link handles} before the test.
 */
export async function cleanUp(before: number): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
  await expect.poll(() => handles().length, { timeout: 5000 }).toBeLessThanOrEqual(before);
}

export function handleCount(): number {
  return handles().length;
}

/** A relay that is closed after the test, and what it has told. */
export class Watched {
  readonly events: RelayEvent[] = [];
  #relay: Relay | undefined;
  #waiting: (() => void)[] = [];

  static async start(options: RelayOptions): Promise<Watched> {
    const watched = new Watched();
    const running = await relay({
      ...options,
      onEvent: (event) => {
        watched.events.push(event);
        for (const look of watched.#waiting.splice(0)) look();
      },
    });
    watched.#relay = running;
    atEnd(() => running.close());
    return watched;
  }

  get relay(): Relay {
    if (this.#relay === undefined) throw new Error("not started");
    return this.#relay;
  }

  get address(): string {
    return this.relay.address;
  }

  of<T extends RelayEvent["type"]>(type: T): Of<T>[] {
    return this.events.filter((event): event is Of<T> => event.type === type);
  }

  /** The `count`th event of a type, now or when it comes. */
  async until<T extends RelayEvent["type"]>(type: T, count = 1): Promise<Of<T>> {
    for (;;) {
      const found = this.of(type)[count - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** A program that listens and knows nothing of Pulsewire. */
export async function program(serve: (socket: Socket) => void, port = 0): Promise<string> {
  const server = createServer({ allowHalfOpen: true });
  const sockets = track(server);
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    serve(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `plain+tcp://127.0.0.1:${portOf(server)}`;
}

/** A program that dials: a socket whose errors are kept. */
export class Client {
  readonly socket: Socket;
  error: NodeJS.ErrnoException | undefined;
  readonly closed: Promise<void>;

  constructor(address: string) {
    const url = new URL(address.replace(/^plain\+/, ""));
    const to =
      url.protocol === "unix:"
        ? { path: url.pathname }
        : { host: url.hostname, port: Number(url.port) };
    this.socket = dial({ ...to, allowHalfOpen: true });
    this.socket.on("error", (error) => {
      this.error = error;
    });
    // libuv tells of a reset that comes together with octets as of an end; a write of nothing fails.
    this.socket.on("end", () => {
      if (this.socket.writable) this.socket.write("");
    });
    this.closed = new Promise((resolve) => this.socket.on("close", () => resolve()));
    atEnd(() => this.socket.destroy());
  }

  /** All that comes until the other side ends its direction; and what comes before a reset. */
  async all(): Promise<string> {
    const chunks: Buffer[] = [];
    this.socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => this.socket.once("end", resolve));
    await Promise.race([ended, this.closed]);
    return Buffer.concat(chunks).toString();
  }

  /** Waits until it has been told of a loss, and not of an end. */
  async reset(): Promise<void> {
    await this.closed;
    expect(this.error?.code).toBe("ECONNRESET");
  }
}

/** A promise, and what settles it. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve = (_value: T): void => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The legs between two relays, by the scheme of their URL. */
export const LINKS = ["tcp", "tls", "unix", "ws", "wss", "grpc", "grpcs"] as const;

/** The options that join two relays over a link: of the far one, and of the near one. */
export async function link(
  scheme: (typeof LINKS)[number],
): Promise<{ listen: Partial<RelayOptions>; to: Partial<RelayOptions>; url: string }> {
  const url = scheme === "unix" ? `unix:${socketPath()}` : `${scheme}://127.0.0.1:0`;
  if (!/^(tls|wss|grpcs)$/.test(scheme)) return { listen: {}, to: {}, url };
  const { ca, server } = await certificates();
  return { listen: { listenTls: server }, to: { toTls: { ca } }, url };
}

/** Two relays, and between them a link with heartbeats; at each end a program. */
export async function twoRelays(
  scheme: (typeof LINKS)[number],
  server: string,
  times: Partial<RelayOptions> = {},
): Promise<{ near: Watched; far: Watched }> {
  const { listen, to, url } = await link(scheme);
  const far = await Watched.start({ ...times, ...listen, listen: url, to: server });
  const near = await Watched.start({
    ...times,
    ...to,
    listen: "plain+tcp://127.0.0.1:0",
    to: far.address,
  });
  return { near, far };
}

/** A network between two places: it can be cut, and it can swallow what is sent. */
export class Network {
  readonly url: string;
  #isSwallowing = false;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(url: string, sockets: ReadonlySet<Socket>) {
    this.url = url;
    this.#sockets = sockets;
  }

  /** A way to `url`. */
  static async to(url: string): Promise<Network> {
    const target = new URL(url);
    const port = Number(target.port);
    const server = createServer({ allowHalfOpen: true });
    const sockets = track(server);
    server.on("connection", (near) => {
      const far = dial({ port, host: "127.0.0.1", allowHalfOpen: true });
      sockets.add(far);
      for (const [from, into] of [
        [near, far],
        [far, near],
      ] as const) {
        from.on("error", () => {});
        from.on("data", (octets) => {
          if (!network.#isSwallowing) into.write(octets);
        });
        from.on("end", () => {
          if (!network.#isSwallowing) into.end();
        });
        from.on("close", () => {
          if (!network.#isSwallowing) into.destroy();
        });
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    target.port = String(portOf(server));
    const network = new Network(target.href.replace(/\/$/, ""), sockets);
    atEnd(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return network;
  }

  /** Nothing comes through any more, and nobody is told. */
  swallow(): void {
    this.#isSwallowing = true;
  }

  /** Both ends see a reset. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}

export function socketPath(): string {
  return join(tmpdir(), `pw-${process.pid}-${Math.random().toString(36).slice(2, 8)}.sock`);
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function track(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}
