import { once } from "node:events";
import { createServer, connect as dial, type Server, Socket } from "node:net";
import { Duplex } from "node:stream";
import type { LinkEnd, LinkSink } from "pulsewire";
import { generate } from "selfsigned";

/** Two streams, each of which reads what the other writes. */
export function duplexPair(options: { highWaterMark?: number } = {}): [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex => {
    let onRead: (() => void) | undefined;
    const stream = new Duplex({
      ...options,
      write(chunk, _encoding, done) {
        deliver(other(), chunk, done);
      },
      final(done) {
        deliver(other(), null, done);
      },
      read() {
        onRead?.();
        onRead = undefined;
      },
    });
    Object.assign(stream, {
      whenRead: (run: () => void) => {
        onRead = run;
      },
    });
    return stream;
  };
  const left: Duplex = make(() => right);
  const right: Duplex = make(() => left);
  return [left, right];
}

function deliver(to: Duplex, chunk: Uint8Array | null, done: () => void): void {
  if (to.destroyed || to.push(chunk)) {
    queueMicrotask(done);
    return;
  }
  if (chunk === null) done();
  else (to as Duplex & { whenRead(run: () => void): void }).whenRead(done);
}

/** Two ends of one TCP connection. */
export async function socketPair(): Promise<{ left: Socket; right: Socket; server: Server }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  const left = dial({ port: address.port, host: "127.0.0.1" });
  const [[right]] = await Promise.all([once(server, "connection"), once(left, "connect")]);
  if (!(right instanceof Socket)) throw new Error("no socket");
  server.close();
  return { left, right, server };
}

/** A sink that keeps what it is told, and lets a test wait for it. */
export class Recorder implements LinkSink {
  readonly frames: Uint8Array[] = [];
  readonly log: string[] = [];
  readonly ends: LinkEnd[] = [];
  readonly #waiting: { readonly is: () => boolean; readonly resolve: () => void }[] = [];
  afterFrame: (() => void) | undefined;

  onFrame(frame: Uint8Array): void {
    this.frames.push(frame);
    this.#note("frame");
    this.afterFrame?.();
  }
  onOctets(): void {
    this.#note("octets");
  }
  onViolation(code: number): void {
    this.#note(`violation ${code}`);
  }
  onDrain(): void {
    this.#note("drain");
  }
  onClose(end: LinkEnd): void {
    this.ends.push(end);
    this.#note("close");
  }

  until(is: () => boolean): Promise<void> {
    if (is()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ is, resolve }));
  }

  closed(): Promise<void> {
    return this.until(() => this.ends.length > 0);
  }

  #note(what: string): void {
    this.log.push(what);
    for (const { is, resolve } of this.#waiting) if (is()) resolve();
  }
}

/** A certificate that signs itself, and one it has signed for a client. */
export async function certificates(): Promise<{
  ca: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
}> {
  const subject = (name: string) => [{ name: "commonName", value: name }];
  // An RSA key may take seconds to be found.
  const kind = { algorithm: "sha256", keyType: "ec" } as const;
  const issuer = await generate(subject("localhost"), {
    ...kind,
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  const client = await generate(subject("a client"), {
    ...kind,
    ca: { key: issuer.private, cert: issuer.cert },
  });
  return {
    ca: issuer.cert,
    server: { cert: issuer.cert, key: issuer.private },
    client: { cert: client.cert, key: client.private },
  };
}

/** The port in an address such as `tcp://127.0.0.1:7400`. */
export function portOf(address: string): number {
  return Number(new URL(address).port);
}

export const never: Promise<never> = new Promise(() => {});
