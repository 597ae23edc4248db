/** Waiting for a peer that dials. */
import { afterEach, describe, expect, test } from "vitest";
import {
  certificate,
  diallingPeer,
  freePort,
  outside,
  type Running,
} from "../support/running-peers.ts";

const peers: Running[] = [];

afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});

describe("a peer that dials again and again", () => {
  test.each(["tcp", "ws", "grpc"] as const)(
    "is judged on %s",
    { timeout: 40_000 },
    async (transport) => {
      const port = await freePort();
      // A little later, as somebody would start it who has read that it is waited for.
      const config = { floor_ms: 200, reply: "echo" } as const;
      setTimeout(() => peers.push(diallingPeer(port, { transport, config })), 100);
      const { report, code, said } = await outside({
        listen: `${transport}://127.0.0.1:${port}`,
        case: ["WIR-003", "WIR-005", "DAT-001", "ADP-012", "ADP-013", "VER-002", "SND-001"],
      });
      expect(said).toContain(`waiting at ${transport}://127.0.0.1:${port} for a peer that dials`);
      const verdicts = report.results.map(({ caseId, verdict, reason }) =>
        `${caseId} ${verdict} ${reason ?? ""}`.trim(),
      );
      expect(verdicts.filter((text) => !text.includes(" na "))).toEqual([
        "ADP-012 pass",
        "DAT-001 pass",
        "VER-002 pass",
        "WIR-003 pass",
        "WIR-005 pass",
      ]);
      expect(code).toBe(0);
      expect(report.results.every(({ role }) => role === "dial")).toBe(true);
    },
  );

  test("fails if it is broken", { timeout: 20_000 }, async () => {
    const port = await freePort();
    peers.push(diallingPeer(port, { mutant: "no-answer" }));
    setTimeout(() => peers.push(diallingPeer(port, { mutant: "no-answer" })), 100);
    const { code } = await outside({ listen: `tcp://127.0.0.1:${port}`, case: ["PRB-004"] });
    expect(code).toBe(1);
  });
});

describe("patience", () => {
  test("ends in one sentence if nobody dials", async () => {
    const listen = `tcp://127.0.0.1:${await freePort()}`;
    const { report, code } = await outside({ listen, patience: 1 });
    expect(code).toBe(4);
    expect(report.problem).toMatch(
      /^no peer dialled tcp:\/\/.* within 1 s: start one that dials it/,
    );
  });

  test("ends the run if the peer stops dialling", { timeout: 20_000 }, async () => {
    const port = await freePort();
    setTimeout(() => {
      const peer = diallingPeer(port, { config: { floor_ms: 200 } });
      peers.push(peer);
      // While it is looked at.
      setTimeout(() => peer.close(), 500);
    }, 100);
    const { report, code } = await outside({
      listen: `tcp://127.0.0.1:${port}`,
      patience: 2,
      case: ["WIR-*", "VER-*"],
    });
    expect(code).toBe(4);
    expect(report.problem).toMatch(/no peer dialled|without a frame/);
  });
});

test("the port of somebody else is refused in one line", async () => {
  const port = await freePort();
  const first = outside({ listen: `tcp://127.0.0.1:${port}`, patience: 1 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(outside({ listen: `tcp://127.0.0.1:${port}` })).rejects.toThrow(
    /cannot listen on tcp:.*EADDRINUSE/,
  );
  await first;
});

test("TLS needs a certificate", async () => {
  await expect(outside({ listen: "tls://127.0.0.1:0" })).rejects.toThrow(/--cert <file> and --key/);
  expect((await certificate()).cert).toContain("CERTIFICATE");
});
