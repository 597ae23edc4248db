/** Judging peers that run already, over real sockets: what is found out, and what comes of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "pulsewire/grpc";
import * as tcp from "pulsewire/tcp";
import * as ws from "pulsewire/ws";
import { afterEach, describe, expect, test } from "vitest";
import type { Report } from "../../src/model.ts";
import type { Mutant } from "../../src/reference/mutants.ts";
import { holdDeadPort } from "../../src/shim/peers.ts";
import { certificate, listeningPeer, outside, stranger } from "../support/running-peers.ts";

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function keep<T extends { close(): unknown }>(running: T): T {
  closers.push(() => running.close());
  return running;
}

/** What was judged and is not as it should be. */
function troubles(report: Report): string[] {
  return report.results
    .filter(({ verdict }) => verdict !== "pass" && verdict !== "na" && verdict !== "info")
    .map(({ caseId, verdict, reason, checks }) =>
      [caseId, verdict, reason, ...checks.map((check) => check.seen)].join(": "),
    );
}

describe("what is found out", () => {
  test.each([
    ["a passive peer", {}, /passive, floor 1000 ms, slack taken as 2000 ms, does not reply/],
    ["a configured one", { heartbeat_time_ms: 5_000 }, /heartbeat-time of 5000 ms, floor 1000 ms/],
    ["one below its floor", { heartbeat_time_ms: 300 }, /heartbeat-time of 300 ms, floor 300 ms/],
    ["a low floor, and an echo", { floor_ms: 250, reply: "echo" }, /floor 250 ms.*, echoes$/m],
    ["a reply of its own", { reply: "length" }, /replies with the length/],
    ["one that talks", { stream: { bytes: 10, every_ms: 50 } }, /sends data of its own/],
  ] as const)("%s", async (_, config, words) => {
    const { url } = keep(await listeningPeer({ config }));
    const { said, code } = await outside({ dial: url, case: ["LIM-002"] });
    expect(said).toMatch(words);
    expect(code).toBe(0);
  });

  test.each([
    [{ peerHeartbeatTime: 5_000 }, /--peer-heartbeat-time 5000, and .* sends no opening heartbeat/],
    [{ peerFloor: 400 }, /--peer-floor 400, and .* adopted 1000 ms/],
    [{ peerReply: "echo" }, /--peer-reply echo, and .* sent nothing back/],
  ] as const)("contradicts %j", async (claims, words) => {
    const { url } = keep(await listeningPeer());
    const { report, code } = await outside({ dial: url, ...claims, case: ["LIM-002"] });
    expect(code).toBe(4);
    expect(report.problem).toMatch(words);
    expect(report.results).toEqual([]);
  });
});

describe("a run", () => {
  test("finds its peer by name, too", async () => {
    const { url } = keep(await listeningPeer());
    const named = url.replace("127.0.0.1", "localhost");
    const { report, code } = await outside({ dial: named, case: ["LIM-002"] });
    expect(troubles(report)).toEqual([]);
    expect(code).toBe(0);
  });

  test("repeats each result by the same way, at the unit that it had", async () => {
    const { url } = keep(await listeningPeer({ config: { floor_ms: 200 } }));
    const { report } = await outside({ dial: url, peerSlack: 2_000, case: ["WIR-005", "SND-001"] });
    const how = `npx pulsewire-conformance run --dial '${url}' --peer-slack 2000`;
    expect(report.command).toBe(`${how} --case 'WIR-005,SND-001'`);
    expect(report.results.map(({ repro }) => repro)).toEqual([
      `${how} --case SND-001`,
      `${how} --case WIR-005 --unit 200`,
    ]);
    expect(report.unitMs).toBe(200);
    expect(report.notes).toContain("1 of 2 cases suit it as it is");
  });

  test("keeps a configured peer from its deadline, and says so in the trace", async () => {
    const config = { heartbeat_time_ms: 500, slack_ms: 500 };
    const { url } = keep(await listeningPeer({ config }));
    const { report } = await outside({ dial: url, peerSlack: 500, case: ["SND-001"] });
    expect(troubles(report)).toEqual([]);
    const { events } = report.results[0]?.trace ?? { events: [] };
    const lives = events.filter(
      (event) =>
        event.kind === "frame" && event.direction === "sent" && event.frame.body === "unknown",
    );
    // Twelve units of 500 ms, and 375 ms from one to the next.
    expect(lives.length).toBeGreaterThan(10);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "step", step: expect.stringContaining("unknown body") }),
    );
  });

  // By a unit that is kind to a busy machine: how fast it is must not decide here.
  test.each<[Mutant, string, object]>([
    ["no-answer", "PRB-004", { floor_ms: 500 }],
    ["never-adopts", "WIR-003", {}],
    ["ignores-floor", "ADP-014", {}],
    ["kills-early", "LIV-001", { heartbeat_time_ms: 500, slack_ms: 1_000 }],
    ["silent", "WIR-003", {}],
    ["version-zero", "WIR-003", { floor_ms: 500 }],
  ])("fails a peer that is %s", { timeout: 20_000 }, async (mutant, id, config) => {
    const { url } = keep(await listeningPeer({ mutant, config }));
    const slack = "slack_ms" in config ? { peerSlack: 1_000 } : {};
    const { report, code } = await outside({ dial: url, case: [id], ...slack });
    expect(report.results.map(({ verdict }) => verdict)).not.toContain("pass");
    expect(mutant === "ignores-floor" ? "warn" : report.results[0]?.verdict).toMatch(/fail|warn/);
    expect(code).toBe(mutant === "ignores-floor" ? code : 1);
  });
});

describe("a server of the SDK with nothing configured", () => {
  const CASES = ["WIR-*", "VER-*", "PRB-*", "ACT-002", "ADP-014", "LIM-002", "LIM-007", "CLS-003"];
  const servers = {
    tcp: async () => {
      const server = await tcp.listen({ onSession: () => undefined });
      return { server, url: `tcp://${server.address.replace(/^\w+:\/\//, "")}` };
    },
    ws: async () => {
      const server = await ws.listen({ onSession: () => undefined });
      return { server, url: `ws://${server.address.replace(/^\w+:\/\//, "")}` };
    },
    grpc: async () => {
      const server = await grpc.listen({ onSession: () => undefined });
      return { server, url: `grpc://${server.address.replace(/^\w+:\/\//, "")}` };
    },
  };

  test.each(["tcp", "ws", "grpc"] as const)("conforms on %s", { timeout: 60_000 }, async (name) => {
    const { server, url } = await servers[name]();
    closers.push(() => server.close());
    const { report, code } = await outside({ dial: url.replace(/\/$/, ""), case: CASES });
    expect(troubles(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report.results.filter(({ verdict }) => verdict === "pass").length).toBeGreaterThan(10);
  });
});

describe("TLS", () => {
  async function secured(): Promise<{ url: string; ca: string }> {
    const { key, cert } = await certificate();
    const server = await tcp.listen({ tls: { key, cert }, onSession: () => undefined });
    closers.push(() => server.close());
    const folder = mkdtempSync(join(tmpdir(), "pulsewire-"));
    closers.push(() => rmSync(folder, { recursive: true }));
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, cert);
    return { url: `tls://${server.address.replace(/^\w+:\/\//, "")}`, ca };
  }
  const CASES = ["WIR-005", "WIR-012", "PRB-004"];

  test("is checked, and goes well with --ca", { timeout: 20_000 }, async () => {
    const { url, ca } = await secured();
    const refused = await outside({ dial: url, case: CASES });
    expect(refused.code).toBe(4);
    expect(refused.report.problem).toMatch(/not trusted here \(\w+\): give --ca <file>/);
    const { report, code } = await outside({ dial: url, ca, case: CASES });
    expect(troubles(report)).toEqual([]);
    expect(code).toBe(0);
  });

  test("goes unchecked with --insecure, which the report says", async () => {
    const { url } = await secured();
    const { report, code } = await outside({ dial: url, insecure: true, case: ["WIR-005"] });
    expect(code).toBe(0);
    expect(report.notes).toContain("its certificate was not checked (--insecure)");
  });

  test("is over WebSocket and gRPC too", { timeout: 20_000 }, async () => {
    const tls = await certificate();
    const files = { key: tls.key, cert: tls.cert };
    const servers = [
      ["wss", await ws.listen({ tls: files, onSession: () => undefined })],
      ["grpcs", await grpc.listen({ tls: files, onSession: () => undefined })],
    ] as const;
    for (const [scheme, server] of servers) {
      closers.push(() => server.close());
      const dial = `${scheme}://${server.address.replace(/^\w+:\/\//, "").replace(/\/$/, "")}`;
      const { report, code } = await outside({ dial, insecure: true, case: ["WIR-005"] });
      expect(troubles(report)).toEqual([]);
      expect(code).toBe(0);
    }
  });
});

describe("what is no peer", () => {
  async function nobody(): Promise<string> {
    const { address, release } = await holdDeadPort();
    closers.push(release);
    return `${address.host}:${address.port}`;
  }

  test("is not there", async () => {
    const { report, code } = await outside({ dial: `tcp://${await nobody()}` });
    expect(code).toBe(4);
    expect(report.problem).toMatch(/^nobody listens at tcp:.*: start the peer first$/);
  });

  test.each(["ws", "grpc", "tls"])("is not there on %s either", async (scheme) => {
    const { report } = await outside({ dial: `${scheme}://${await nobody()}` });
    expect(report.problem).toMatch(/^nobody listens at /);
  });

  test.each([
    ["hangs up", (socket: { end(): void }) => socket.end(), /ended the connection without a frame/],
    [
      "greets in another protocol",
      (socket: { write(text: string): void }) => socket.write("SSH-2.0-OpenSSH\r\n".repeat(9)),
      /sent what is no frame/,
    ],
  ])("%s", { timeout: 20_000 }, async (_, act, words) => {
    const { url } = keep(await stranger(act));
    const { report, code } = await outside({ dial: url });
    expect(code).toBe(4);
    expect(report.problem).toMatch(words);
  });

  test("speaks no TLS", { timeout: 20_000 }, async () => {
    const { url } = keep(await stranger((socket) => socket.write("hello\r\n")));
    const { report } = await outside({ dial: url.replace("tcp", "tls") });
    expect(report.problem).toMatch(/did not shake hands for TLS/);
  });

  test("is a web server without this WebSocket", async () => {
    const server = createHttpServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { report, code } = await outside({ dial: `ws://127.0.0.1:${port}/here` });
    expect(code).toBe(4);
    expect(report.problem).toMatch(/refused the WebSocket handshake/);
  });

  test("is an HTTP/2 server without this method", async () => {
    const server = createHttp2Server();
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200, "grpc-status": 12 }, { endStream: true });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { report, code } = await outside({ dial: `grpc://127.0.0.1:${port}` });
    expect(code).toBe(4);
    expect(report.problem).toMatch(/has no method \/pulsewire/);
  });
});
