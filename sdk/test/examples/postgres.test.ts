import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { ConnectionEnd, LivenessConfig } from "pulsewire";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runExample } from "./run-example.ts";

interface Postgres {
  readonly port: number;
  stop(): Promise<void>;
  stopNow(): Promise<void>;
}
interface Network {
  readonly port: number;
  swallow(): void;
  close(): Promise<void>;
}
type Options = LivenessConfig & { queryLimitMs?: number; onEnd?: (end: ConnectionEnd) => void };

const example = (name: string) => new URL(`../../examples/${name}`, import.meta.url).href;
const { startPostgres } = (await import(example("postgres/server.js"))) as {
  startPostgres(): Promise<Postgres | undefined>;
};
const { heartbeat } = (await import(example("postgres/heartbeat.js"))) as {
  heartbeat(client: pg.ClientBase, options: Options): void;
};
const { networkTo } = (await import(example("shared/network.js"))) as {
  networkTo(port: number, options?: { forgetsAfterMs?: number }): Promise<Network>;
};

const server = await startPostgres();
if (server === undefined) {
  const what = "PostgreSQL is not installed here (Debian's package is called postgresql)";
  if (process.env["PULSEWIRE_REQUIRE_POSTGRES"]) throw new Error(what);
  console.warn(`skipped: ${what}`);
}
afterAll(() => server?.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const QUICK = { heartbeatTimeMs: 200, heartbeatSlackTimeMs: 400 };
/** Where death is not the subject: as often, and with patience for a busy machine. */
const OFTEN = { heartbeatTimeMs: 200, heartbeatSlackTimeMs: 10_000 };

describe.skipIf(server === undefined)("in one process", () => {
  const clients: pg.Client[] = [];
  const networks: Network[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end().catch(() => {});
    for (const network of networks.splice(0)) await network.close();
  });

  async function connect(options: Options, more: pg.ClientConfig = {}) {
    const client = new pg.Client({
      host: "127.0.0.1",
      port: server?.port ?? 0,
      user: "postgres",
      ...more,
    });
    const errors: (Error & { end?: ConnectionEnd })[] = [];
    client.on("error", (error) => errors.push(error));
    await client.connect();
    clients.push(client);
    let ready = 0;
    client.connection.on("readyForQuery", () => {
      ready += 1;
    });
    const ended = new Promise<ConnectionEnd>((resolve) => {
      heartbeat(client, { onEnd: resolve, ...options });
    });
    return { client, errors, ended, answers: () => ready };
  }

  async function through(options?: { forgetsAfterMs?: number }): Promise<Network> {
    const network = await networkTo(server?.port ?? 0, options);
    networks.push(network);
    return network;
  }

  /** A server that is `latencyMs` away, each way. */
  async function far(latencyMs: number): Promise<{ readonly port: number }> {
    const proxy = createServer((near) => {
      const away = dial(server?.port ?? 0, "127.0.0.1");
      for (const [from, to] of [
        [near, away],
        [away, near],
      ] as const) {
        from.on("data", (octets) => setTimeout(() => to.write(octets), latencyMs));
        from.on("error", () => {});
        from.on("close", () => to.destroy());
      }
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const { port } = proxy.address() as AddressInfo;
    networks.push({ port, swallow: () => {}, close: async () => void proxy.close() });
    return { port };
  }

  test("while it is idle the server answers Sync after Sync, and the client stays as it was", async () => {
    const { client, errors, answers } = await connect(OFTEN);
    await client.query("begin");
    while (answers() < 10) await pause(50);
    expect(client.getTransactionStatus()).toBe("T");
    await client.query("rollback");
    expect((await client.query("select 7 as n")).rows).toEqual([{ n: 7 }]);
    expect(errors).toEqual([]);
  });

  test("each query gets its own rows, whenever it is sent: none is ended by the answer to a Sync", async () => {
    // Far away: an answer to a Sync is under way for half of the time, and queries come at any moment.
    const { port } = await far(30);
    const { client, errors, answers } = await connect({ ...OFTEN, heartbeatTimeMs: 100 }, { port });
    for (let n = 0; n < 24; n += 1) {
      await pause(Math.random() * 150);
      const kinds: pg.QueryConfig[] = [
        { text: `select ${n} as n` },
        { text: "select $1::int as n", values: [n] },
        { name: "named", text: "select $1::int as n", values: [n] },
        // In portions, with messages to and fro in the middle of it.
        { text: "select $1::int as n from generate_series(1, 5)", values: [n], rows: 2 } as never,
      ];
      const { rows } = await client.query<{ n: number }>(kinds[n % kinds.length] ?? "");
      expect(new Set(rows.map((row) => row.n))).toEqual(new Set([n]));
      expect(rows).toHaveLength(n % kinds.length === 3 ? 5 : 1);
    }
    expect(answers()).toBeGreaterThan(30);
    expect(errors).toEqual([]);
  });

  test("an error of a query is that query's, and the connection stays", async () => {
    const { client, errors, answers } = await connect(OFTEN);
    await expect(client.query("select nonsense")).rejects.toThrow("does not exist");
    const before = answers();
    while (answers() < before + 3) await pause(50);
    expect(errors).toEqual([]);
  });

  test("it works in pipeline mode too", async () => {
    const { client, answers } = await connect(OFTEN, { pipeline: true } as pg.ClientConfig);
    while (answers() < 3) await pause(50);
    const results = await Promise.all(
      [1, 2, 3, 4].map((n) => client.query("select $1::int as n", [n])),
    );
    expect(results.map(({ rows }) => rows)).toEqual([1, 2, 3, 4].map((n) => [{ n }]));
  });

  test("a query may be silent for longer than a peer", async () => {
    const { client } = await connect(QUICK);
    const { rows } = await client.query("select 1 as n, pg_sleep(1.5)");
    expect(rows[0]).toMatchObject({ n: 1 });
    expect((await client.query("select 2 as n")).rows).toEqual([{ n: 2 }]);
  });

  test("unless it has a limit", async () => {
    const { client, ended } = await connect({ ...QUICK, queryLimitMs: 500 });
    const query = client.query("select pg_sleep(30)");
    await expect(query).rejects.toMatchObject({ code: "PW_ENDED", end: { kind: "peer-silent" } });
    const end = await ended;
    expect(end).toMatchObject({ kind: "peer-silent", evidence: { heartbeatTimeMs: 500 } });
    // Within the limit it is nobody's business.
    const second = await connect({ ...QUICK, queryLimitMs: 5000 });
    await second.client.query("select pg_sleep(1.2)");
  });

  test("a firewall that forgets idle connections does not forget this one", async () => {
    const { port } = await through({ forgetsAfterMs: 2000 });
    const { client } = await connect(OFTEN, { port });
    const without = new pg.Client({ host: "127.0.0.1", port, user: "postgres" });
    without.on("error", () => {});
    await without.connect();
    await pause(5000);
    expect((await client.query("select 3 as n")).rows).toEqual([{ n: 3 }]);
    // The control: the firewall does bite.
    const lost = without.query("select 3").then(
      () => "answered",
      () => "rejected",
    );
    expect(await Promise.race([lost, pause(1500).then(() => "waits")])).toBe("waits");
    without.connection.stream.destroy();
    expect(await lost).toBe("rejected");
  });

  test.each([
    ["idle_session_timeout", "select"],
    ["idle_in_transaction_session_timeout", "begin"],
  ])("nor does the server's own %s", async (setting, first) => {
    const { client, errors } = await connect(OFTEN);
    await client.query(`set ${setting} = '1s'; ${first}`);
    await pause(3000);
    expect((await client.query("select 4 as n")).rows).toEqual([{ n: 4 }]);
    expect(errors).toEqual([]);
  });

  test("a cut network is found within the bound, and what waits is rejected", async () => {
    const network = await through();
    const { client, errors, ended } = await connect(QUICK, { port: network.port });
    await client.query("select 1");
    network.swallow();
    // Later than half the heartbeat-time: the query waits for a Sync, and both for ever.
    await pause(150);
    const query = client.query("select 1");
    await expect(query).rejects.toMatchObject({ code: "PW_ENDED", end: { kind: "peer-silent" } });
    const end = await ended;
    if (end.kind !== "peer-silent") throw new Error(`it ended as ${end.kind}`);
    const { silentForMs, lateByMs, pardoned } = end.evidence;
    expect(silentForMs).toBeGreaterThanOrEqual(600);
    if (!pardoned) expect(silentForMs - lateByMs).toBeCloseTo(600, 3);
    expect(errors[0]?.end).toEqual(end);
    await expect(client.query("select 1")).rejects.toThrow("not queryable");
  });

  test("a pool: each of its clients has a heartbeat, and a dead one is replaced", async () => {
    const network = await through();
    const pool = new pg.Pool({ host: "127.0.0.1", port: network.port, user: "postgres", max: 2 });
    const ends: string[] = [];
    pool.on("error", () => {});
    pool.on("connect", (client) => {
      heartbeat(client, { ...QUICK, onEnd: ({ kind }) => ends.push(kind) });
    });
    try {
      const two = await Promise.all([pool.connect(), pool.connect()]);
      for (const client of two) client.release();
      expect(pool.totalCount).toBe(2);
      network.swallow();
      while (ends.length < 2 || pool.totalCount > 0) await pause(50);
      expect(ends).toEqual(["peer-silent", "peer-silent"]);
    } finally {
      await pool.end();
    }
  });

  test("end() is an end like any other", async () => {
    const { client, ended, errors } = await connect(QUICK);
    await client.end();
    expect(await ended).toEqual({ kind: "aborted", reason: undefined });
    expect(errors).toEqual([]);
  });
});

interface Line {
  readonly event: string;
  readonly pid?: number;
  readonly code?: string;
  readonly kind?: string;
  readonly end?: ConnectionEnd & { readonly cause?: { readonly code?: string } };
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** A process with one client; `exited` is its exit code, once nothing keeps it any more. */
function clientProcess(options: object) {
  const file = fileURLToPath(new URL("./postgres-client.mjs", import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify({ ...QUICK, ...options })]);
  running.push(child);
  const lines: Line[] = [];
  let stderr = "";
  child.stderr.on("data", (octets) => {
    stderr += octets;
  });
  let wake = (): void => {};
  createInterface(child.stdout).on("line", (line) => {
    lines.push(JSON.parse(line) as Line);
    wake();
  });
  const exited = once(child, "close").then(([code]) => ({ code, stderr }));
  const line = async (event: string): Promise<Line> => {
    for (;;) {
      const found = lines.find((candidate) => candidate.event === event);
      if (found !== undefined) return found;
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        exited.then(() => {
          if (lines.some((candidate) => candidate.event === event)) return;
          throw new Error(`it ended without "${event}":\n${JSON.stringify(lines)}\n${stderr}`);
        }),
      ]);
    }
  };
  return { lines, line, exited };
}

const cleanly = { code: 0, stderr: "" };

describe.skipIf(server === undefined)("a process of its own ends when its connection has", () => {
  let own: Postgres;
  beforeAll(async () => {
    own = (await startPostgres()) as Postgres;
  });
  afterAll(() => own?.stop());

  const pidOf = async (client: ReturnType<typeof clientProcess>): Promise<number> => {
    const { pid } = await client.line("up");
    if (pid === undefined) throw new Error("no pid");
    return pid;
  };

  test("a server process that is stopped (SIGSTOP): peer-silent", async () => {
    const client = clientProcess({ port: own.port });
    const pid = await pidOf(client);
    process.kill(pid, "SIGSTOP");
    try {
      expect((await client.line("end")).end).toMatchObject({ kind: "peer-silent" });
      expect(await client.line("client error")).toMatchObject({ code: "PW_ENDED" });
      expect(await client.exited).toEqual(cleanly);
      expect(client.lines.filter(({ event }) => event === "end")).toHaveLength(1);
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  test("one that is killed in the middle of a query (SIGKILL): its query is rejected", async () => {
    const client = clientProcess({ port: own.port, sql: "select pg_sleep(60)" });
    const pid = await pidOf(client);
    process.kill(pid, "SIGKILL");
    await client.line("rejected");
    const { end } = await client.line("end");
    expect(["peer-closed", "link-lost"]).toContain(end?.kind);
    expect(await client.exited).toEqual(cleanly);
  });

  test("an administrator ends the session: the cause is PostgreSQL's own", async () => {
    const client = clientProcess({ port: own.port, heartbeatTimeMs: 60_000 });
    const pid = await pidOf(client);
    process.kill(pid, "SIGTERM");
    expect(["peer-closed", "link-lost"]).toContain((await client.line("end")).end?.kind);
    expect(await client.line("client error")).toMatchObject({ code: "57P01" });
    expect(await client.exited).toEqual(cleanly);
  });

  test("an immediate shutdown in the middle of a query", async () => {
    const doomed = (await startPostgres()) as Postgres;
    const client = clientProcess({ port: doomed.port, sql: "select pg_sleep(60)" });
    await client.line("up");
    await doomed.stopNow();
    await client.line("rejected");
    expect(["peer-closed", "link-lost"]).toContain((await client.line("end")).end?.kind);
    expect(await client.exited).toEqual(cleanly);
  });
});

describe("a server that speaks something else", () => {
  /** Lets a client of pg in, as PostgreSQL does, and then does as it likes. */
  async function impostor(afterwards: (socket: Socket) => void) {
    const ok = [
      ["R", Buffer.from([0, 0, 0, 0])],
      ["Z", Buffer.from("I")],
    ] as const;
    const sockets: Socket[] = [];
    const listener = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.once("data", () => {
        for (const [type, body] of ok) {
          const length = Buffer.alloc(4);
          length.writeInt32BE(body.length + 4);
          socket.write(Buffer.concat([Buffer.from(type), length, body]));
        }
        afterwards(socket);
      });
    }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    return {
      port: (listener.address() as AddressInfo).port,
      close: () => {
        listener.close();
        for (const socket of sockets) socket.destroy();
      },
    };
  }

  test("words of no meaning: the client's error, then the end, and nothing is left", async () => {
    const server = await impostor((socket) => {
      socket.on("data", () => socket.write("220 welcome to something else altogether\r\n"));
    });
    try {
      const client = clientProcess({ port: server.port });
      const { end } = await client.line("end");
      expect(["link-lost", "peer-silent"]).toContain(end?.kind);
      expect(await client.exited).toEqual(cleanly);
    } finally {
      server.close();
    }
  });

  test("silence: peer-silent", async () => {
    const server = await impostor(() => {});
    try {
      const client = clientProcess({ port: server.port, sql: "select 1", queryLimitMs: 300 });
      expect((await client.line("end")).end?.kind).toBe("peer-silent");
      expect(await client.line("rejected")).toMatchObject({ code: "PW_ENDED" });
      expect(await client.exited).toEqual(cleanly);
    } finally {
      server.close();
    }
  });
});

describe.skipIf(server === undefined)("npm run example -- postgres", () => {
  test("shows what it says", async () => {
    const { code, output } = await runExample("postgres/main.js");
    expect(output).toContain("a query of 2 s is not taken for silence");
    expect(output).toContain("with a heartbeat: the next query is answered");
    expect(output).toContain("without: the next query is still waiting");
    expect(output).toMatch(/the network is cut: a query is rejected after \d+ ms: \[PW_ENDED\]/);
    expect(output).toContain('{"event":"connection ended","kind":"peer-silent"');
    expect(code).toBe(0);
  }, 60_000);
});
