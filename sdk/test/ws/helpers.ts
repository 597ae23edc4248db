import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Session, SessionListener } from "pulsewire";
import { decodeFrame, encodeFrame } from "pulsewire/core";
import { generate } from "selfsigned";
import { onTestFinished } from "vitest";

/** A limit for what hangs, and less than the one of the whole test; how fast it is, depends on the machine. */
const HANGS_MS = 15_000;

/** `promise`, or a failure that says what did not come. */
export async function within<T>(promise: Promise<T>, what: string, ms = HANGS_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The next session of a listener. */
export async function accepted(listener: SessionListener): Promise<Session> {
  const { value } = await within(listener[Symbol.asyncIterator]().next(), "a session");
  if (value === undefined) throw new Error("the listener is closed");
  return value;
}

/** The next message of a session. */
export async function received(session: Session): Promise<Uint8Array> {
  const { value } = await within(session[Symbol.asyncIterator]().next(), "a message");
  if (value === undefined) throw new Error(`the session has ended: ${JSON.stringify(session.end)}`);
  return value;
}

export const portOf = (listener: SessionListener): number => Number(new URL(listener.address).port);

/** One frame of RFC 6455, written by hand. */
export function wsFrame(
  opcode: number,
  payload: Uint8Array | string = "",
  { fin = true, mask = false }: { fin?: boolean; mask?: boolean } = {},
): Buffer {
  const data = Buffer.from(payload);
  const long = data.length > 65_535 ? 127 : data.length > 125 ? 126 : data.length;
  const header = [Buffer.from([(fin ? 0x80 : 0) | opcode, (mask ? 0x80 : 0) | long])];
  if (long === 126) {
    header.push(Buffer.from([data.length >> 8, data.length & 255]));
  } else if (long === 127) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(data.length));
    header.push(length);
  }
  if (mask) {
    const key = Buffer.from([1, 2, 3, 4]);
    header.push(key);
    for (let i = 0; i < data.length; i += 1) data[i] = (data[i] ?? 0) ^ (key[i % 4] ?? 0);
  }
  return Buffer.concat([...header, data]);
}

export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A WebSocket peer without a WebSocket library: what it sees is what was on the wire. */
export class RawPeer {
  readonly frames: RawFrame[] = [];
  readonly ended: Promise<void>;
  #head: string | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #watchers: (() => void)[] = [];
  readonly socket: Socket;
  readonly #masks: boolean;

  constructor(socket: Socket, masks: boolean) {
    this.socket = socket;
    this.#masks = masks;
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    socket.on("data", (chunk) => this.#read(chunk));
    this.ended = new Promise((resolve) => {
      socket.once("end", () => resolve());
      socket.once("close", () => resolve());
    });
  }

  /** The HTTP head that the other side sent. */
  async head(): Promise<string> {
    return this.until(() => this.#head, "an HTTP head");
  }

  /** The first frame with this opcode. */
  async frame(opcode: number): Promise<RawFrame> {
    return this.until(
      () => this.frames.find((frame) => frame.opcode === opcode),
      `a frame with opcode ${opcode}`,
    );
  }

  /** Code and reason of the close frame. */
  async closeFrame(): Promise<{ code: number; reason: string }> {
    const { payload } = await this.frame(8);
    return { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
  }

  send(opcode: number, payload: Uint8Array | string = "", fin = true): void {
    this.socket.write(wsFrame(opcode, payload, { fin, mask: this.#masks }));
  }

  async until<T>(look: () => T | undefined, what: string): Promise<T> {
    const found = look();
    if (found !== undefined) return found;
    return within(
      new Promise<T>((resolve) => {
        const watch = (): void => {
          const now = look();
          if (now === undefined) this.#watchers.push(watch);
          else resolve(now);
        };
        this.#watchers.push(watch);
      }),
      what,
    );
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (this.#head === undefined) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#head = this.#buffer.subarray(0, end).toString();
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) {
      this.frames.push(frame);
    }
    for (const watch of this.#watchers.splice(0)) watch();
  }

  #take(): RawFrame | undefined {
    const buffer = this.#buffer;
    if (buffer.length < 2) return undefined;
    const masked = ((buffer[1] ?? 0) & 0x80) !== 0;
    let length = (buffer[1] ?? 0) & 0x7f;
    let at = 2;
    if (length === 126) {
      if (buffer.length < 4) return undefined;
      length = buffer.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (buffer.length < 10) return undefined;
      length = Number(buffer.readBigUInt64BE(2));
      at = 10;
    }
    const key = masked ? buffer.subarray(at, at + 4) : undefined;
    if (masked) at += 4;
    if (buffer.length < at + length) return undefined;
    const payload = Buffer.from(buffer.subarray(at, at + length));
    if (key !== undefined) {
      for (let i = 0; i < length; i += 1) payload[i] = (payload[i] ?? 0) ^ (key[i % 4] ?? 0);
    }
    this.#buffer = buffer.subarray(at + length);
    return { opcode: (buffer[0] ?? 0) & 0x0f, payload };
  }
}

/** A raw client that has asked for a WebSocket; `behind` goes out in the same write. */
export async function rawClient(
  port: number,
  headers: readonly string[] = ["Sec-WebSocket-Protocol: pulsewire.v1"],
  { path = "/", behind = Buffer.alloc(0) }: { path?: string; behind?: Buffer } = {},
): Promise<RawPeer> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const peer = new RawPeer(socket, true);
  await within(once(socket, "connect"), "a TCP connection");
  const head = [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ...headers,
  ];
  socket.write(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), behind]));
  return peer;
}

/** A server of raw peers; `behind` goes out in the same write as the handshake. */
export async function rawServer(
  headers: readonly string[] = ["Sec-WebSocket-Protocol: pulsewire.v1"],
  behind: Buffer = Buffer.alloc(0),
): Promise<{ url: string; peer: Promise<RawPeer> }> {
  const server = createServer({ allowHalfOpen: true });
  onTestFinished(() => void server.close());
  const peer = new Promise<RawPeer>((resolve) => {
    server.on("connection", (socket) => {
      const raw = new RawPeer(socket, false);
      void raw.head().then((head) => {
        const key = /sec-websocket-key: (.*)/i.exec(head)?.[1]?.trim() ?? "";
        const accept = createHash("sha1")
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest("base64");
        const answer = [
          "HTTP/1.1 101 Switching Protocols",
          "Connection: Upgrade",
          "Upgrade: websocket",
          `Sec-WebSocket-Accept: ${accept}`,
          ...headers,
        ];
        socket.write(Buffer.concat([Buffer.from(`${answer.join("\r\n")}\r\n\r\n`), behind]));
        resolve(raw);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await within(once(server, "listening"), "a port");
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}/`, peer };
}

/** A message as a frame. */
export const dataFrame = (data: Uint8Array | string): Uint8Array =>
  encodeFrame({ version: 1, body: "data", data: Buffer.from(data), more: false });

/** The code and reason in the Close frame among `frames`. */
export function closeAmong(frames: readonly RawFrame[]): { code: number; reason: string } {
  for (const { opcode, payload } of frames) {
    const frame = opcode === 2 ? decodeFrame(payload) : "";
    if (typeof frame !== "string" && frame.body === "close") {
      return { code: frame.close.code, reason: frame.close.reason };
    }
  }
  throw new Error("no Close among the frames");
}

/** A certificate for this machine, made now. */
export async function certificate(): Promise<{ cert: string; key: string }> {
  const name = [{ name: "commonName", value: "localhost" }];
  const altNames = [
    { type: 2 as const, value: "localhost" },
    { type: 7 as const, ip: "127.0.0.1" },
  ];
  const extensions = [{ name: "subjectAltName" as const, altNames }];
  const made = await generate(name, { keyType: "ec", extensions }); // an RSA key may take seconds
  return { cert: made.cert, key: made.private };
}
