import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import {
  type ClientDuplexStream,
  type ClientOptions,
  credentials,
  Metadata,
  Client as RawClient,
  type Server,
  ServerCredentials,
  type StatusObject,
} from "@grpc/grpc-js";
import type { SessionEvent, SessionListener } from "pulsewire";
import { decodeFrame, encodeFrame, type Frame } from "pulsewire/core";
import { CONNECT_PATH, connect, type GrpcConnectOptions } from "pulsewire/grpc";
import { onTestFinished } from "vitest";

/** A limit for what hangs, and less than the one of the whole test; how fast it is, depends on the machine. */
const HANGS_MS = 20_000;

/** `promise`, or a failure after `ms`: nothing here waits without a bound. */
export async function within<T>(promise: Promise<T>, ms = HANGS_MS, what = "it"): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await within(promise);
  } catch (error) {
    return error;
  }
  throw new Error("it was expected to reject");
}

/** The first session a listener accepts. */
export async function accepted(listener: SessionListener) {
  const { value } = await within(listener[Symbol.asyncIterator]().next());
  if (value === undefined) throw new Error("the listener was closed");
  return value;
}

/** The next message of a session. */
export async function message(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const { value } = await within(source[Symbol.asyncIterator]().next());
  if (value === undefined) throw new Error("the session ended");
  return value;
}

export const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);

/** Keeps what `onEvent` is told, and lets one wait for it. */
export class Events {
  readonly seen: SessionEvent[] = [];
  readonly #waiting: { type: string; resolve: (event: SessionEvent) => void }[] = [];

  readonly onEvent = (event: SessionEvent): void => {
    this.seen.push(event);
    for (const waiting of this.#waiting) if (waiting.type === event.type) waiting.resolve(event);
  };

  types(): string[] {
    return this.seen.map(({ type }) => type);
  }

  /** The first event of `type`, past or future. */
  first(type: SessionEvent["type"], ms?: number): Promise<SessionEvent> {
    const found = this.seen.find((event) => event.type === type);
    if (found !== undefined) return Promise.resolve(found);
    return within(new Promise((resolve) => this.#waiting.push({ type, resolve })), ms, type);
  }
}

/** Connects, and ends what is left when the test does. */
export async function open(options: GrpcConnectOptions) {
  const session = await within(connect(options));
  onTestFinished(() => session.abort());
  return session;
}

/** Closes a listener when the test ends. */
export function closing(listener: SessionListener): SessionListener {
  onTestFinished(() => listener.close());
  return listener;
}

export const hostPort = (url: string): string => url.replace(/^grpcs?:\/\//, "");

/** A client on bare grpc-js, that shares nothing with the binding. */
export class RawCall {
  readonly client: RawClient;
  readonly call: ClientDuplexStream<Buffer, Buffer>;
  readonly frames: Frame[] = [];
  /** What arrived, in order: a body, "metadata", "status". */
  readonly log: string[] = [];
  readonly status: Promise<StatusObject>;
  #waiting: (() => void)[] = [];

  constructor(url: string, options: ClientOptions = {}, path: string = CONNECT_PATH) {
    this.client = new RawClient(hostPort(url), credentials.createInsecure(), options);
    onTestFinished(() => this.client.close());
    const same = (octets: Buffer): Buffer => octets;
    this.call = this.client.makeBidiStreamRequest(path, same, same, new Metadata());
    this.call.on("error", () => {});
    this.call.on("metadata", () => this.log.push("metadata"));
    this.call.on("data", (octets: Buffer) => {
      const frame = decodeFrame(octets);
      if (typeof frame === "string") throw new Error(frame);
      this.frames.push(frame);
      this.log.push(frame.body);
      for (const look of this.#waiting) look();
    });
    this.status = new Promise((resolve) => {
      this.call.once("status", (status) => {
        this.log.push("status");
        resolve(status);
      });
    });
    onTestFinished(() => this.call.cancel());
  }

  write(frame: Frame): void {
    this.call.write(Buffer.from(encodeFrame(frame)));
  }

  /** The first frame with this body. */
  frame<B extends Frame["body"]>(body: B, ms?: number): Promise<Extract<Frame, { body: B }>> {
    const found = new Promise<Extract<Frame, { body: B }>>((resolve) => {
      const look = (): void => {
        const frame = this.frames.find((one) => one.body === body);
        if (frame !== undefined) resolve(frame as Extract<Frame, { body: B }>);
      };
      this.#waiting.push(look);
      look();
    });
    return within(found, ms, `a frame with ${body}`);
  }
}

export const heartbeat = (heartbeatTimeMs?: number, replyRequested = false): Frame => ({
  version: 1,
  body: "heartbeat",
  heartbeat: { heartbeatTimeMs, replyRequested },
});

export const data = (content: string | Uint8Array): Frame => ({
  version: 1,
  body: "data",
  data: typeof content === "string" ? new TextEncoder().encode(content) : content,
  more: false,
});

export const close = (code: number, reason = ""): Frame => ({
  version: 1,
  body: "close",
  close: { code, reason },
});

/** Binds a server of bare grpc-js to a free port. */
export function bound(server: Server): Promise<string> {
  onTestFinished(() => server.forceShutdown());
  return within(
    new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(`grpc://127.0.0.1:${port}`);
        else reject(error);
      });
    }),
  );
}

/** `event` of an emitter, in time. */
export function event(emitter: NodeJS.EventEmitter, name: string, ms?: number): Promise<unknown[]> {
  return within(once(emitter, name), ms, name);
}

/** A server that accepts connections and says nothing. */
export async function mute(): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `grpc://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
