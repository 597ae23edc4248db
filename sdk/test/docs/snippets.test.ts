import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../ports.ts";
import { snippetsOf } from "./snippets.ts";

// Inside the package, so that `import "pulsewire/tcp"` means what it means to a user.
const folder = fileURLToPath(new URL("./.snippets/", import.meta.url));
const running: ChildProcess[] = [];

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  copyFileSync(new URL("./duplex-pair.mjs", import.meta.url), `${folder}duplex-pair.mjs`);
});

afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly exitCode: Promise<number | null>;
}

/** Runs a snippet, with the fixed ports of the page (74xx) replaced by `port`, and `more` after it. */
function run(page: string, name: string, port = 0, more = ""): Running {
  const snippet = snippetsOf(page).find((candidate) => candidate.name === name);
  if (snippet === undefined) throw new Error(`${page} has no snippet ${name}`);
  const file = `${folder}${name}`;
  writeFileSync(file, snippet.code.replaceAll(/\b74\d\d\b/g, String(port)) + more);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  // Its exit may be told before the last of its output.
  const exitCode = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, exitCode };
}

/** Resolves with all output once it contains `text`; rejects with it if the process ends before. */
function outputWith({ child }: Running, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes(text)) resolve(output);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("close", () => reject(new Error(`ended without "${text}":\n${output}`)));
  });
}

describe("README.md", () => {
  for (const name of ["tcp.mjs", "ws.mjs", "grpc.mjs"]) {
    it(`${name} makes both sides beat`, async () => {
      const snippet = run("README.md", name, await freePort());
      // The server is passive, so what comes back was adopted.
      await outputWith(snippet, "type: 'heartbeat-received',\n  heartbeatTimeMs: 5000");
    });
  }
});

describe("docs/getting-started.md", () => {
  it("the client is echoed by the server, which sees it go", async () => {
    const port = await freePort();
    const server = run("docs/getting-started.md", "server.mjs", port);
    const gone = outputWith(server, "is gone: closed");
    await outputWith(server, `listening on tcp://127.0.0.1:${port}`);
    const client = run("docs/getting-started.md", "client.mjs", port);
    const output = await outputWith(client, "closed: closed");
    expect(output).toContain("echo: hello");
    await gone;
  });
});

describe("docs/embedding.md", () => {
  it("duplex.mjs carries a message", async () => {
    await outputWith(run("docs/embedding.md", "duplex.mjs"), "over a stream of my own");
  });

  it("core.mjs finds the cut wire at the deadline", async () => {
    const output = await outputWith(run("docs/embedding.md", "core.mjs"), "found out");
    expect(output).toContain("the server adopted 5000 ms");
    expect(output).toContain("after 7000 ms: peer-silent");
  });

  it("json.mjs carries the app's own messages", async () => {
    const snippet = run("docs/embedding.md", "json.mjs", await freePort());
    await outputWith(snippet, "{ type: 'answer', to: 7 }");
    expect(await snippet.exitCode).toBe(0);
  });

  it("link.mjs carries frames between threads", async () => {
    const snippet = run("docs/embedding.md", "link.mjs");
    expect(await outputWith(snippet, "closed")).toContain("from thread to thread 1000");
    expect(await snippet.exitCode).toBe(0);
  });

  it("watch.mjs finds a peer that has stopped answering", async () => {
    const snippet = run("docs/embedding.md", "watch.mjs", await freePort());
    await outputWith(snippet, "peer-silent true");
    expect(await snippet.exitCode).toBe(0);
  });

  it("liveness.mjs asks, asks once more, and gives up", async () => {
    const output = await outputWith(run("docs/embedding.md", "liveness.mjs"), "silent for");
    expect(output).toMatch(/^4200: beat\n8400: beat\n12600: beat\n14401: probe\n/);
    expect(output).toContain("silent for 7000 ms");
  });
});

describe("docs/reconnecting.md", () => {
  it("reconnect.mjs comes back after a close, and stops", async () => {
    const snippet = run("docs/reconnecting.md", "reconnect.mjs", await freePort());
    const output = await outputWith(snippet, "stopped");
    expect(output).toMatch(
      /^session 1: welcome\nclosed; attempt 1 in \d+ ms\nsession 2: welcome\nstopped/,
    );
    expect(await snippet.exitCode).toBe(0);
  });

  it("pool.mjs echoes, and leaves nothing", async () => {
    const snippet = run("docs/reconnecting.md", "pool.mjs", await freePort());
    expect(await outputWith(snippet, "0 left")).toContain("echo: hello");
    expect(await snippet.exitCode).toBe(0);
  });
});

describe("docs/checking.md", () => {
  it("check.mjs warns of the slack and of the proxy", async () => {
    const output = await outputWith(run("docs/checking.md", "check.mjs"), "idle-limit: ");
    expect(output).toContain("slack-under-fifth: ");
  });
});

describe("docs/observability.md", () => {
  // Each snippet, and after it a session that dies in the way that the snippet looks for.
  const dies = `
    import { createRuntime } from "pulsewire";
    import { channelObserver } from "pulsewire/diagnostics";
    import { sessionPair } from "pulsewire/memory";
    import { VirtualClock } from "pulsewire/testing";
    const clock = new VirtualClock();
    const runtime = createRuntime(clock, Math.random, channelObserver);
    const silent = { schedule: () => () => {}, now: () => clock.now() };
    sessionPair({ heartbeatTimeMs: 5_000 }, {}, { runtime, clock: silent });
    clock.advance(6_500);
    clock.stall(60_000);
    clock.advance(60_000);`;

  it("log.mjs writes one record of a death", async () => {
    const snippet = run("docs/observability.md", "log.mjs", 0, dies);
    const output = await outputWith(snippet, "\n");
    expect(JSON.parse(output.trim())).toMatchObject({ kind: "peer-silent", byHeartbeat: true });
  });

  it("channels.mjs hears of suspicion and of a stall", async () => {
    const snippet = run("docs/observability.md", "channels.mjs", 0, dies);
    const output = await outputWith(snippet, "this process stood still");
    expect(output).toMatch(/^memory:b has been silent for 6000 ms$/m);
  });
});

describe("docs/relay.md", () => {
  it("relay.mjs carries octets through two relays", async () => {
    const port = await freePort();
    const snippet = run("docs/relay.md", "relay.mjs", port);
    await outputWith(snippet, "through two relays");
  });
});
