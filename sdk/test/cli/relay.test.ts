import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createNetServer, connect as dial } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { parseRelayCommand } from "../../src/cli/relay-arguments.ts";
import type { RelayNotice } from "../../src/cli/relay-notice.ts";
import { toRelayLines } from "../../src/cli/relay-view.ts";
import { UsageError } from "../../src/cli/usage-error.ts";

describe("the command line of a relay", () => {
  it("is read into options of the library", () => {
    const line =
      "plain+tcp://127.0.0.1:9000 --to wss://gate/db --heartbeat-time 5s --slack 1s --floor 2s --connect-timeout 3s --max-connections 7 --json -q";
    expect(parseRelayCommand(line.split(" "))).toMatchObject({
      verb: "relay",
      json: true,
      quiet: true,
      options: {
        listen: "plain+tcp://127.0.0.1:9000",
        to: "wss://gate/db",
        heartbeatTimeMs: 5000,
        heartbeatSlackTimeMs: 1000,
        minHeartbeatTimeMs: 2000,
        connectTimeoutMs: 3000,
        maxConnections: 7,
        toTls: { insecure: false },
      },
    });
  });

  it("takes an origin more than once", () => {
    const line =
      "ws://h:1 --to tcp://h:2 --origin https://a.example --origin http://localhost:3000";
    expect(parseRelayCommand(line.split(" "))).toMatchObject({
      options: { origins: ["https://a.example", "http://localhost:3000"] },
    });
  });

  it.each([
    ["", /takes one URL/],
    ["tcp://h:1", /--to says where to/],
    ["tcp://h:1 tcp://h:2 --to tcp://h:3", /takes one URL/],
    ["h:1 --to tcp://h:2", /did you mean tcp:\/\/h:1/],
    ["plain+ws://h:1 --to tcp://h:2", /plain\+tcp:\/\/host:port or plain\+unix/],
    ["tcp://h:1 --to tcp://h:2 --heartbeat-time 5", /needs a unit/],
    ["tcp://h:1 --to tcp://h:2 --heartbeat-time 1ms", /--heartbeat-time must be/],
    ["tcp://h:1 --to tcp://h:2 --max-connections 0", /--max-connections takes/],
    ["tcp://h:1 --to tcp://h:2 --to-insecure", /--to-insecure are for connecting to tls/],
    ["tcp://h:1 --to wss://h:2 --ca x", /^--cert, --key and --ca are for listening on tls/],
    ["tls://h:1 --to tcp://h:2", /needs --cert and --key/],
    ["tcp://h:1 --to tls://h:2 --to-cert x", /--to-cert and --to-key go together/],
    ["tcp://h:1 --to tls://h:2 --to-ca package.json", /^--to-ca package.json: no PEM certificate/],
    ["tcp://h:1 --to tls://h:2 --to-ca /nowhere", /--to-ca: ENOENT/],
    ["tcp://h:1 --to tcp://h:2 --always-beat", /--always-beat/],
    ["tcp://h:1 --to tcp://h:2 --to tcp://h:3", /--to is given twice/],
    ["tcp://h:1 --to ws://h:2 --origin https://a.example", /--origin is for listening on ws/],
    ["ws://h:1 --to tcp://h:2 --origin https://a.example/", /a page's origin such as/],
  ])("makes no sense: %s", (line, message) => {
    const argv = line === "" ? [] : line.split(" ");
    expect(() => parseRelayCommand(argv)).toThrow(UsageError);
    expect(() => parseRelayCommand(argv)).toThrow(message);
  });
});

describe("what a person sees of a relay", () => {
  const lines = (notice: RelayNotice) =>
    toRelayLines(notice, new Date(2026, 0, 2, 3, 4, 5, 6), false);
  const closed = {
    type: "closed",
    connection: 12,
    forwardBytes: 999,
    backBytes: 1_234_567,
    openForMs: 4200,
  } as const;

  it("of an end in good order", () => {
    expect(lines({ ...closed, by: "both", why: "both directions came to their end" })).toEqual([
      "03:04:05.006  #12        closed    both directions came to their end",
      "                                   carried 999 B →, 1.23 MB ← in 4.20 s",
    ]);
  });

  it("of a loss, with what it rests on", () => {
    const end = { kind: "link-lost", cause: new Error("read ECONNRESET") } as const;
    expect(lines({ ...closed, by: "to", why: "lost: ECONNRESET", end })).toEqual([
      "03:04:05.006  #12        LOST      leg to: read ECONNRESET",
      "                                   carried 999 B →, 1.23 MB ← in 4.20 s",
    ]);
  });

  it("of an error of the relay", () => {
    const why = "an error of the relay: oh dear";
    expect(lines({ ...closed, by: "relay", why, error: new Error("oh dear") })).toEqual([
      "03:04:05.006  #12        FAILED    an error of the relay: oh dear",
      "                                   carried 999 B →, 1.23 MB ← in 4.20 s",
    ]);
  });

  it("of a program, whose text cannot move the cursor", () => {
    const [first] = lines({ type: "refused", connection: 1, from: "x", why: "\u001b[2Jgone" });
    expect(first).toContain("\\u{1b}[2Jgone");
  });

  it("of a heartbeat, and on which leg", () => {
    expect(
      lines({
        type: "heartbeat-sent",
        cause: "opening",
        heartbeatTimeMs: 5000,
        connection: 1,
        leg: "listen",
      }),
    ).toEqual(["03:04:05.006  #1 listen  → beat    5 s, at the opening"]);
  });
});

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

const BIN = fileURLToPath(new URL("../../bin/pulsewire.js", import.meta.url));

/** A running `pulsewire relay --json`. */
class Relay {
  readonly process: ChildProcess;
  readonly lines: Record<string, unknown>[] = [];
  readonly exited: Promise<number | null>;
  stderr = "";
  #waiting: (() => void)[] = [];

  constructor(...args: string[]) {
    this.process = spawn(process.execPath, [BIN, "relay", ...args, "--json"]);
    running.push(this.process);
    this.exited = once(this.process, "close").then(([code]) => code as number | null);
    this.exited.then(() => this.#look());
    this.process.stderr?.on("data", (octets: Buffer) => {
      this.stderr += octets;
    });
    if (this.process.stdout === null) throw new Error("no output");
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line));
      this.#look();
    });
  }

  async until(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.lines.find((line) => line["type"] === type);
      if (found !== undefined) return found;
      if (this.process.exitCode !== null) throw new Error(`it ended: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #look(): void {
    for (const look of this.#waiting.splice(0)) look();
  }
}

describe("pulsewire relay", { timeout: 30_000 }, () => {
  it("carries a web server over two of them, and lets go on SIGTERM", async () => {
    const server = createServer((_, response) => response.end("a page")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const times = ["--heartbeat-time", "1s"];
    const far = new Relay(
      "ws://127.0.0.1:0/web",
      "--to",
      `plain+tcp://127.0.0.1:${port}`,
      ...times,
    );
    const { address } = await far.until("listening");
    const near = new Relay("plain+tcp://127.0.0.1:0", "--to", String(address), ...times);
    const url = new URL(String((await near.until("listening"))["address"]).replace("plain+", ""));

    const page = await fetch(`http://${url.host}`, { headers: { connection: "close" } });
    expect(await page.text()).toBe("a page");
    expect(await near.until("closed")).toMatchObject({ connection: 1, by: "both" });

    const client = dial({ port: Number(url.port), host: url.hostname });
    const lost = once(client, "error").then(([error]) => error.code);
    await expect.poll(() => far.lines.filter(({ type }) => type === "open").length).toBe(2);
    far.process.kill("SIGTERM");
    expect(await far.exited).toBe(0);
    expect(await lost).toBe("ECONNRESET");
    expect(far.lines.find(({ type }) => type === "closing")).toMatchObject({ connections: 1 });
    await expect
      .poll(() => near.lines.filter(({ type }) => type === "closed").at(-1))
      .toMatchObject({
        connection: 2,
        by: "to",
        end: { kind: "closed", by: "remote", codeName: "GOING_AWAY" },
      });
    near.process.kill("SIGINT");
    expect(await near.exited).toBe(0);
    expect(near.stderr + far.stderr).toBe("");
    server.close();
    server.closeAllConnections();
  });

  it.runIf(process.platform === "linux")(
    "serves again after a burst that took all its file descriptors",
    async () => {
      const server = createNetServer((socket) => socket.on("error", () => {}).pipe(socket));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const far = new Relay(
        "ws://127.0.0.1:0",
        "--to",
        `plain+tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
      );
      const { address } = await far.until("listening");
      const near = new Relay(
        ...["plain+tcp://127.0.0.1:0", "--to", String(address), "--connect-timeout", "1s"],
      );
      const url = new URL(String((await near.until("listening"))["address"]).replace("plain+", ""));
      const open = () => {
        const socket = dial({ port: Number(url.port), host: url.hostname });
        socket.on("error", () => {});
        return socket;
      };

      const echo = async () => {
        const socket = open();
        const said = Promise.race([once(socket, "data"), once(socket, "close")]);
        socket.write("still there?");
        const [octets] = await said;
        socket.destroy();
        return String(octets);
      };

      const { pid } = near.process;
      const idle = readdirSync(`/proc/${pid}/fd`).length;
      const refused = () => near.lines.some(({ type }) => type === "refused");
      // A connection takes two, so that it depends on a single one whether dialling is what fails.
      for (let spare = 8; spare < 10 || (spare < 20 && !refused()); spare += 1) {
        execFileSync("prlimit", ["--pid", String(pid), `--nofile=${idle + spare}:`]);
        // All are there when it looks, so that it has not served the first before the last comes.
        near.process.kill("SIGSTOP");
        const burst = Array.from({ length: 200 }, open);
        await Promise.all(burst.map((socket) => once(socket, "connect")));
        const turnedAway = new Promise((resolve) => {
          for (const socket of burst) socket.once("close", resolve);
        });
        near.process.kill("SIGCONT");
        await turnedAway;
        for (const socket of burst) socket.destroy();
        await expect.poll(echo, { timeout: 10_000 }).toBe("still there?");
      }
      await expect.poll(refused).toBe(true);
      server.close();
    },
  );

  it("says what cannot be done", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const relay = new Relay(`plain+tcp://127.0.0.1:${port}`, "--to", "tcp://127.0.0.1:1");
    expect(await relay.exited).toBe(1);
    expect(relay.lines.at(-1)).toMatchObject({ type: "failed", code: "PW_ADDRESS_IN_USE" });
    taken.close();
    const plain = new Relay("plain+tcp://127.0.0.1:0", "--to", "plain+tcp://127.0.0.1:1");
    expect(await plain.exited).toBe(2);
    expect(plain.lines.at(-1)).toMatchObject({
      message: expect.stringMatching(/both plain.*one leg has to speak Pulsewire/),
    });
  });

  it("goes on without its log, and ends in good order on SIGHUP", async () => {
    const server = createNetServer((socket) => socket.on("error", () => {}).pipe(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const far = new Relay("tcp://127.0.0.1:0", "--to", `plain+tcp://127.0.0.1:${port}`);
    const { address } = await far.until("listening");
    const near = new Relay("plain+tcp://127.0.0.1:0", "--to", String(address));
    const url = new URL(String((await near.until("listening"))["address"]).replace("plain+", ""));
    near.process.stdout?.destroy();
    near.process.stderr?.destroy();
    far.process.stdout?.destroy();

    const client = dial({ port: Number(url.port), host: url.hostname });
    client.on("error", () => {});
    for (const text of ["one", "two", "three"]) {
      client.write(text);
      expect(String((await once(client, "data"))[0])).toBe(text);
    }
    await expect.poll(() => far.stderr).toMatch(/^pulsewire: no log from here on.*EPIPE\n$/);
    near.process.kill("SIGHUP");
    far.process.kill("SIGHUP");
    expect(await near.exited).toBe(0);
    expect(await far.exited).toBe(0);
    server.close();
  });

  it("has its own help", async () => {
    const child = spawn(process.execPath, [BIN, "relay", "--help"]);
    running.push(child);
    let help = "";
    child.stdout.on("data", (octets: Buffer) => {
      help += octets;
    });
    expect((await once(child, "close"))[0]).toBe(0);
    expect(help).toMatch(/^Usage: pulsewire relay/);
    expect(Math.max(...help.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
