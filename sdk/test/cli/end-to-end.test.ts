import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { listen } from "pulsewire/tcp";
import { afterEach, describe, expect, it } from "vitest";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const TIMEOUT_MS = 30_000;

type Line = { readonly type: string; readonly atMs: number; readonly [field: string]: unknown };

/** A running `pulsewire`, and what it has said so far. */
class Cli {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  readonly exited: Promise<number | null>;
  stderr = "";
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], directory: string = PACKAGE) {
    const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
    delete env["FORCE_COLOR"];
    this.process = spawn(process.execPath, [join(directory, "bin/pulsewire.js"), ...args], { env });
    running.push(this.process);
    this.process.stderr?.on("data", (octets: Buffer) => {
      this.stderr += octets.toString();
    });
    this.exited = once(this.process, "close").then(([code]) => code as number | null);
    if (this.process.stdout === null) throw new Error("no output");
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      this.lines.push(line);
      for (const look of this.#waiting.splice(0)) look();
    });
  }

  get json(): Line[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  type(text: string): void {
    this.process.stdin?.write(`${text}\n`);
  }

  /** The first line of JSON that has these fields, now or when it comes. */
  async until(fields: Readonly<Record<string, unknown>>): Promise<Line> {
    for (;;) {
      const found = this.json.find((line) =>
        Object.entries(fields).every(([name, value]) => line[name] === value),
      );
      if (found !== undefined) return found;
      const exit = this.exited.then((code) => {
        throw new Error(
          `exited with ${code} before ${JSON.stringify(fields)}: ${this.lines.join("\n")}${this.stderr}`,
        );
      });
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), exit]);
    }
  }
}

const running: ChildProcess[] = [];
afterEach(() => {
  // SIGKILL also ends one that is stopped.
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

async function pair(...options: string[]): Promise<{ server: Cli; client: Cli }> {
  const server = new Cli(["listen", "tcp://127.0.0.1:0", "--json"]);
  const { address } = await server.until({ type: "listening" });
  const client = new Cli(["connect", String(address), "--json", ...options]);
  await client.until({ type: "open" });
  await server.until({ type: "open" });
  return { server, client };
}

describe("pulsewire on the command line", { timeout: TIMEOUT_MS }, () => {
  it("carries lines both ways, adopts, and closes in good order", async () => {
    const { server, client } = await pair("--heartbeat-time", "1s");
    client.type("to the server");
    expect(await server.until({ type: "message-received" })).toMatchObject({
      session: 1,
      text: "to the server",
      bytes: 13,
    });
    server.type("to all");
    await client.until({ type: "message-received", text: "to all" });
    expect(await server.until({ type: "adopted" })).toMatchObject({ heartbeatTimeMs: 1000 });
    client.process.kill("SIGINT");
    expect(await client.exited).toBe(0);
    expect(await server.until({ type: "ended" })).toMatchObject({
      session: 1,
      end: { kind: "closed", by: "remote", codeName: "NORMAL" },
    });
    server.process.kill("SIGINT");
    expect(await server.exited).toBe(0);
    const times = server.json.map((line) => line.atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(server.stderr + client.stderr).toBe("");
  });

  it.skipIf(process.platform === "win32")(
    "finds a stopped peer within the bound, and says on what grounds",
    async () => {
      const { server, client } = await pair(
        "--heartbeat-time",
        "1s",
        "--slack",
        "2s", // and so a second from the suspicion to the verdict, in which it has to get a turn
        "--floor",
        "1s",
      );
      await client.until({ type: "heartbeat-received" });
      server.process.kill("SIGSTOP");
      const { end } = await client.until({ type: "ended" });
      expect(end).toMatchObject({
        kind: "peer-silent",
        evidence: { pardoned: expect.any(Boolean) },
      });
      const { silentForMs } = (end as { evidence: { silentForMs: number } }).evidence;
      expect(silentForMs).toBeGreaterThanOrEqual(3000);
      const [last, suspect, probe, down] = [
        client.json.findLast((line) => line.type === "heartbeat-received"),
        await client.until({ type: "suspect" }),
        await client.until({ type: "heartbeat-sent", cause: "probe" }),
        await client.until({ type: "ended" }),
      ];
      expect(probe.atMs).toBeGreaterThanOrEqual(suspect.atMs);
      // A quarter of the heartbeat-time, and as much as the machine itself was late.
      const late = client.json.find((line) => line.type === "pardoned") === undefined ? 0 : 10_000;
      const { lateByMs } = (end as { evidence: { lateByMs: number } }).evidence;
      expect(down.atMs - (last?.atMs ?? 0)).toBeLessThan(3000 + 250 + lateByMs + late + 500);
      expect(await client.exited).toBe(1);
    },
  );

  it("takes the end of its input for the end with -N, and sends everything before", async () => {
    const { server, client } = await pair("-N");
    const count = 500;
    for (let index = 0; index < count; index += 1) client.type(`line ${index}`);
    client.process.stdin?.end();
    expect(await client.exited).toBe(0);
    await server.until({ type: "ended" });
    const received = server.json.filter((line) => line.type === "message-received");
    expect(received.map((line) => line["text"])).toEqual(
      Array.from({ length: count }, (_, index) => `line ${index}`),
    );
  });

  it("goes on after the end of its input without -N", async () => {
    const { server, client } = await pair();
    client.process.stdin?.end("last\n");
    await client.until({ type: "input-ended" });
    server.type("an answer");
    await client.until({ type: "message-received", text: "an answer" });
    server.process.kill("SIGTERM");
    expect(await client.exited).toBe(0);
    expect((await client.until({ type: "ended" }))["end"]).toMatchObject({
      codeName: "GOING_AWAY",
    });
  });

  it("numbers sessions, and aborts at the second interrupt", async () => {
    const { server, client } = await pair();
    const { address } = await server.until({ type: "listening" });
    const other = new Cli(["connect", String(address), "--json"]);
    await server.until({ type: "open", session: 2 });
    other.process.kill("SIGKILL");
    expect(await server.until({ type: "ended", session: 2 })).toMatchObject({
      end: { kind: expect.stringMatching(/peer-closed|link-lost/) },
    });
    if (process.platform !== "win32") {
      // It will never answer to the Close.
      client.process.kill("SIGSTOP");
      server.process.kill("SIGINT");
      await server.until({ type: "closing" });
      server.process.kill("SIGINT");
      expect(await server.until({ type: "ended", session: 1 })).toBeDefined();
    }
    if (process.platform === "win32") server.process.kill("SIGINT");
    expect(await server.exited).toBe(0);
  });

  it("shows people what it shows scripts", async () => {
    const server = await listen({ heartbeatTimeMs: 1000 });
    const port = new URL(server.address).port;
    const client = new Cli(["connect", `tcp://localhost:${port}`]);
    const { value: session } = await server[Symbol.asyncIterator]().next();
    session?.send("for people");
    client.type("from people");
    const heard = await session?.[Symbol.asyncIterator]().next();
    expect(Buffer.from(heard?.value ?? []).toString()).toBe("from people");
    await server.close();
    expect(await client.exited).toBe(0);
    const shown = client.lines.join("\n");
    expect(shown).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}connect {3}to tcp:\/\/localhost:\d+$/m);
    expect(shown).toMatch(/ adopted {3}1 s, asked by the peer$/m);
    expect(shown).toMatch(/ ← {9}for people$/m);
    expect(shown).toMatch(/ closed {4}by the peer, GOING_AWAY$/m);
    expect(shown).not.toContain("\u001b");
  });

  it.each([
    [2, ["connect", "tcp://h:1", "--heartbeat-time", "5"], /needs a unit/],
    [2, ["listen", "127.0.0.1:1"], /did you mean tcp:/],
    [1, ["connect", "unix:/nowhere/at/all.sock"], /^pulsewire: cannot connect to unix:.*ENOENT/],
    [1, ["listen", "unix:/nowhere/at/all.sock"], /^pulsewire: cannot listen on unix:/],
  ])("exits with %i for %j", async (code, args, message) => {
    const cli = new Cli(args);
    expect(await cli.exited).toBe(code);
    expect(cli.stderr).toMatch(message);
  });

  it("prints its help and its version", async () => {
    const [help, version] = [new Cli(["--help"]), new Cli(["--version"])];
    expect([await help.exited, await version.exited]).toEqual([0, 0]);
    expect(help.lines[0]).toMatch(/^Usage: pulsewire listen/);
    expect(Math.max(...help.lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(version.lines[0]).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("names the package to install for a binding whose package is missing", async () => {
    const directory = await mkdtemp(join(tmpdir(), "pulsewire-bare-"));
    try {
      for (const part of ["bin", "dist", "src/gen", "package.json"]) {
        await cp(join(PACKAGE, part), join(directory, part), { recursive: true });
      }
      await mkdir(join(directory, "node_modules"));
      const protobufjs = createRequire(import.meta.url).resolve("protobufjs/package.json");
      await symlink(dirname(protobufjs), join(directory, "node_modules/protobufjs"), "junction");
      for (const [url, name] of [
        ["ws://127.0.0.1:1", "ws"],
        ["grpc://127.0.0.1:1", "@grpc/grpc-js"],
      ] as const) {
        const cli = new Cli(["connect", url], directory);
        expect(await cli.exited).toBe(2);
        expect(cli.stderr).toContain(`npm install ${name}`);
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
