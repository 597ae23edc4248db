/** Peers that run already, for the suite to find: the reference peer, and things that are no peer. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Writable } from "node:stream";
import { generate } from "selfsigned";
import type { SharedOptions, Terminal } from "../../src/cli/run.ts";
import { type OutsideOptions, runOutside } from "../../src/cli/run-outside.ts";
import type { Report, TransportName } from "../../src/model.ts";
import type { Mutant } from "../../src/reference/mutants.ts";
import { ReferenceTestee } from "../../src/reference/testee.ts";
import type { TesteeConfig, TesteeLine } from "../../src/testee/contract.ts";
import { systemMachine } from "../../src/time/machine.ts";

export interface Running {
  readonly url: string;
  close(): void;
}

interface ReferenceSketch {
  readonly transport?: TransportName;
  readonly config?: TesteeConfig;
  readonly mutant?: Mutant;
}

/** The reference peer, listening. */
export async function listeningPeer(sketch: ReferenceSketch = {}): Promise<Running> {
  const { transport = "tcp", config = {}, mutant } = sketch;
  let onReply: (line: TesteeLine) => void = () => undefined;
  const replied = new Promise<TesteeLine>((resolve) => {
    onReply = resolve;
  });
  const testee = new ReferenceTestee(systemMachine, mutant, (line) => {
    if ("id" in line) onReply(line);
  });
  const open = { id: 1, cmd: "open", conn: "p", role: "listen", transport, config };
  await testee.handle(JSON.stringify(open));
  const reply = (await replied) as unknown as { ok: { address: AddressInfo } };
  const url = `${transport}://127.0.0.1:${reply.ok.address.port}`;
  return { url, close: () => testee.dispose() };
}

/** The reference peer, which dials, and dials again whenever a connection of its has ended: so many times. */
export function diallingPeer(
  port: number,
  sketch: ReferenceSketch = {},
  times: number = Number.POSITIVE_INFINITY,
): Running {
  const { transport = "tcp", config = {}, mutant } = sketch;
  let count = 0;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;
  const dial = (): void => {
    count += 1;
    const address = { host: "127.0.0.1", port };
    const open = {
      id: 1,
      cmd: "open",
      conn: `d${count}`,
      role: "dial",
      transport,
      address,
      config,
    };
    void testee.handle(JSON.stringify(open));
  };
  const testee: ReferenceTestee = new ReferenceTestee(systemMachine, mutant, (line) => {
    if ("event" in line && line.event === "end" && !isClosed && count < times)
      again = setTimeout(dial, 20);
  });
  dial();
  return {
    url: `${transport}://127.0.0.1:${port}`,
    close: () => {
      isClosed = true;
      clearTimeout(again);
      testee.dispose();
    },
  };
}

/** Something on a port that is no peer. */
export async function stranger(onSocket: (socket: Socket) => void): Promise<Running> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A certificate for 127.0.0.1 that nobody has signed but itself. */
export async function certificate(): Promise<{ readonly key: string; readonly cert: string }> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return { key, cert };
}

/** What a run writes to its terminal. */
export class Screen implements Terminal {
  #out = "";
  #err = "";
  /** Hears where a run waits for a peer. */
  onWaiting: (port: number) => void = () => undefined;
  readonly out = sink((text) => {
    this.#out += text;
  });
  readonly err = sink((text) => {
    this.#err += text;
    const port = /^waiting at \w+:\/\/[^/]+:(\d+)/.exec(text)?.[1];
    if (port !== undefined) this.onWaiting(Number(port));
  });

  get output(): string {
    return this.#out;
  }

  get errors(): string {
    return this.#err;
  }
}

function sink(take: (text: string) => void): NodeJS.WriteStream {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      take(String(chunk));
      done();
    },
  });
  return stream as unknown as NodeJS.WriteStream;
}

const SHARED: SharedOptions = {
  evidence: "none",
  requirements: "latest",
  calibration: false,
  json: true,
};

/** `run --dial` or `run --listen`, with what it found and what it said; `onWaiting` hears the port. */
export async function outside(
  options: OutsideOptions & Partial<SharedOptions>,
  onWaiting?: (port: number) => void,
): Promise<{ readonly report: Report; readonly code: number; readonly said: string }> {
  const screen = new Screen();
  if (onWaiting !== undefined) screen.onWaiting = onWaiting;
  const code = await runOutside({ ...SHARED, ...options }, screen);
  return { report: JSON.parse(screen.output) as Report, code, said: screen.errors };
}
