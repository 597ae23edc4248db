import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
  CloseCode,
  type Pool,
  PulsewireError,
  type Retry,
  type Session,
  type SessionListener,
  type SessionOptions,
} from "pulsewire";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../ports.ts";

/** What the cases need of a binding's options. */
interface Options extends SessionOptions {
  readonly addresses?: readonly object[];
  readonly signal?: AbortSignal;
  readonly retryBaseMs?: number;
  readonly connectTimeoutMs?: number;
  readonly onRetry?: (retry: Retry<object>) => void;
}

/** A binding that reconnects, as the cases see it. */
export interface Reconnecting {
  /** Where it is imported from. */
  readonly subpath: string;
  /** What a process needs before. */
  readonly prelude?: string;
  reconnect(options: Options): AsyncIterableIterator<Session, undefined>;
  pool(options: Options & { size: number }): Pool;
  listen(port: number): Promise<SessionListener>;
  /** The options that say where to dial. */
  to(port: number): object;
  /** ... where nobody can. */
  readonly nowhere: { readonly options: object; readonly code: string };
}

/** `promise`, or a failure: nothing here waits without a bound. */
async function within<T>(promise: Promise<T>, what: string, ms = 15_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing in ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const portOf = ({ address }: SessionListener): number => Number(new URL(address).port);

async function listeningPort(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** The cases of `reconnect` and `pool` on real sockets: what virtual time cannot show. */
export function reconnectingSuite(name: string, binding: Reconnecting): void {
  vi.setConfig({ testTimeout: 30_000 });

  const serve = async (port = 0): Promise<SessionListener> => {
    const listener = await binding.listen(port);
    onTestFinished(() => listener.close());
    return listener;
  };

  /** A loop that ends with its test. */
  const looping = (options: Options) => {
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const retries: Retry<object>[] = [];
    const loop = binding.reconnect({
      retryBaseMs: 20,
      onRetry: (retry) => retries.push(retry),
      signal: controller.signal,
      ...options,
    });
    const next = async (): Promise<Session> => {
      const { value } = await within(loop.next(), "a session");
      if (value === undefined) throw new Error("the loop has ended");
      return value;
    };
    return { loop, next, retries, controller };
  };

  describe(`${name}: reconnect`, () => {
    test("a server that restarts is found again, and nothing is left when the signal comes", async () => {
      const port = await freePort(); // and so nobody else's in between
      const first = await serve(port);
      const { loop, next, retries, controller } = looping(binding.to(port));
      const before = await next();
      await first.close();
      expect(await within(before.closed, "the end")).toMatchObject({
        kind: "closed",
        by: "remote",
        code: CloseCode.GOING_AWAY,
      });
      const second = await serve(port);
      const after = await next();
      expect(after.state).toBe("open");
      expect(retries[0]).toMatchObject({ attempt: 1, address: undefined, cause: before.end });

      controller.abort();
      expect(await within(loop.next(), "the end of the loop")).toEqual({
        done: true,
        value: undefined,
      });
      expect(after.end).toMatchObject({ kind: "closed", by: "local", code: CloseCode.NORMAL });
      await within(second.close(), "the end of the server");
    });

    test("PW-CLS-7: a server that asks for time gets it", async () => {
      const listener = await serve();
      let dueAt = 0;
      const { next } = looping({
        ...binding.to(portOf(listener)),
        onRetry: ({ delayMs }) => {
          dueAt = performance.now() + delayMs;
        },
      });
      await next();
      const [other] = [...listener.sessions];
      // Not from where this test learns of the end: that may be any time later.
      const askedAt = performance.now();
      void other?.close({ code: CloseCode.GOING_AWAY, retryAfterMs: 300 });
      await next();
      // A timer counts whole milliseconds.
      expect(performance.now() - askedAt).toBeGreaterThanOrEqual(298);
      expect(dueAt - askedAt).toBeGreaterThanOrEqual(300);
    });

    test("of two addresses the first is dead", async () => {
      const listener = await serve();
      const addresses = [binding.to(await freePort()), binding.to(portOf(listener))];
      const { next, retries } = looping({ addresses });
      const session = await next();
      expect(listener.sessions.size).toBe(1);
      expect(retries).toHaveLength(1);
      expect(retries[0]?.address).toBe(addresses[1]);
      expect(retries[0]?.cause).toMatchObject({ code: "PW_CONNECT_FAILED", side: "remote" });
      await session.close();
    });

    test("a mistake is told at once, also in an address whose turn would come later", async () => {
      const { options, code } = binding.nowhere;
      const second = { addresses: [binding.to(await freePort()), options] };
      for (const given of [options, second]) {
        expect(() => binding.reconnect(given)).toThrow(PulsewireError);
        expect(() => binding.reconnect(given)).toThrow(code);
        expect(() => binding.pool({ ...given, size: 2 })).toThrow(code);
      }
    });

    test.each<[string, () => Server]>([
      ["an HTTP server", () => createHttpServer((_, response) => response.end("hello"))],
      ["a server that hangs up", () => createServer((socket) => socket.destroy())],
      [
        "a server that sends what is nothing",
        () => createServer((socket) => socket.on("error", () => {}).end("nonsense\n".repeat(100))),
      ],
    ])("%s is no peer, and is tried again", async (_, create) => {
      const server = create();
      const sockets = new Set<Socket>();
      server.on("connection", (socket: Socket) => sockets.add(socket));
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy();
        server.close();
      });
      const controller = new AbortController();
      const attempts: number[] = [];
      const { loop } = looping({
        ...binding.to(await listeningPort(server)),
        heartbeatTimeMs: 1000,
        connectTimeoutMs: 2000,
        signal: controller.signal,
        onRetry: ({ attempt }) => {
          attempts.push(attempt);
          if (attempts.length === 4) controller.abort();
        },
      });
      await within(
        (async () => {
          for await (const session of loop) await session.closed;
        })(),
        "four attempts",
      );
      expect(attempts).toHaveLength(4);
    });
  });

  describe(`${name}: pool`, () => {
    test("keeps its size through a restart of the server, and ends with close", async () => {
      const port = await freePort();
      const first = await serve(port);
      const replaced: unknown[] = [];
      let full = (): void => {};
      const whenFull = () =>
        new Promise<void>((resolve) => {
          full = resolve;
        });
      let filled = whenFull();
      const options = {
        ...binding.to(port),
        size: 3,
        retryBaseMs: 20,
        onSession: (_: Session, old: Session | undefined) => {
          if (old !== undefined) replaced.push(old);
          if (pool.sessions.size === 3) full();
        },
      };
      const pool = binding.pool(options);
      onTestFinished(() => pool.close());
      await within(filled, "three sessions");
      expect(new Set([await pool.session(), await pool.session(), await pool.session()]).size).toBe(
        3,
      );

      const before = [...pool.sessions];
      filled = whenFull();
      await first.close();
      const second = await serve(port);
      await within(filled, "three sessions again");
      expect(new Set(replaced)).toEqual(new Set(before));
      expect((await pool.session()).state).toBe("open");

      await within(pool.close(), "the end of the pool");
      expect(pool.sessions.size).toBe(0);
      await expect(pool.session()).rejects.toMatchObject({ code: "PW_ENDED" });
      await within(second.close(), "the end of the server");
    });

    test("waits while its server is down, and tells", async () => {
      const port = await freePort();
      let tell = (): void => {};
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const pool = binding.pool({
        ...binding.to(port),
        size: 2,
        retryBaseMs: 20,
        onRetry: () => tell(),
      });
      onTestFinished(() => pool.close());
      await expect(pool.session({ signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
        name: "TimeoutError",
      });
      await within(told, "what failed");
      await serve(port);
      expect((await within(pool.session(), "a session")).state).toBe("open");
    });
  });

  test(`${name}: a process stays for a delay, and ends when nothing is left to do`, async () => {
    const script = `
      ${binding.prelude ?? ""}
      import { reconnect, pool } from "${binding.subpath}";
      const options = { ...JSON.parse(process.argv[1]), retryBaseMs: 50 };
      const controller = new AbortController();
      const onRetry = ({ attempt }) => attempt === 3 && controller.abort();
      for await (const _ of reconnect({ ...options, onRetry, signal: controller.signal })) {}
      const all = pool({ ...options, size: 2, onRetry: ({ attempt }) => attempt === 3 && all.close() });
      console.log(await all.session().catch(({ code }) => code));
    `;
    const where = JSON.stringify(binding.to(await freePort()));
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script, where], {
      cwd: new URL(".", import.meta.url),
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = await within(once(child, "close"), "the end of the process");
    expect([said.trim(), code]).toEqual(["PW_ENDED", 0]);
  });
}
