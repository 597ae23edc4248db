/** Waiting for a peer that dials. */
import { afterEach, describe, expect, test } from "vitest";
import { diallingPeer, outside, type Running, stranger } from "../support/running-peers.ts";

const peers: Running[] = [];

afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});

describe("a peer that dials again and again", () => {
  test.each(["tcp", "ws", "grpc"] as const)(
    "is judged on %s",
    { timeout: 40_000 },
    async (transport) => {
      const config = { floor_ms: 500, reply: "echo" } as const;
      const { report, code, said } = await outside(
        {
          listen: `${transport}://127.0.0.1:0`,
          case: ["WIR-003", "WIR-005", "DAT-001", "ADP-012", "ADP-013", "VER-002", "SND-001"],
        },
        (port) => void peers.push(diallingPeer(port, { transport, config })),
      );
      expect(said).toContain("for a peer that dials");
      const judged = report.results.filter(({ verdict }) => verdict !== "na");
      expect(judged.map(({ caseId, verdict }) => `${caseId} ${verdict}`)).toEqual([
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
    const { code } = await outside(
      { listen: "tcp://127.0.0.1:0", case: ["PRB-004"] },
      (port) =>
        void peers.push(diallingPeer(port, { mutant: "no-answer", config: { floor_ms: 500 } })),
    );
    expect(code).toBe(1);
  });
});

describe("patience", () => {
  test("ends in one sentence if nobody dials", async () => {
    const { report, code } = await outside({ listen: "tcp://127.0.0.1:0", patience: 1 });
    expect(code).toBe(4);
    expect(report.problem).toMatch(
      /^no peer dialled tcp:\/\/.* within 1 s: start one that dials it/,
    );
  });

  test("ends the run if the peer stops dialling", { timeout: 20_000 }, async () => {
    const { report, code } = await outside(
      { listen: "tcp://127.0.0.1:0", patience: 2, case: ["WIR-*", "VER-*"] },
      // To be looked at, and no more.
      (port) => void peers.push(diallingPeer(port, { config: { floor_ms: 500 } }, 1)),
    );
    expect(code).toBe(4);
    expect(report.problem).toMatch(/no peer dialled/);
    expect(report.results.map(({ verdict }) => verdict)).not.toContain("fail");
  });
});

test("the port of somebody else is refused in one line", async () => {
  const taken = await stranger(() => undefined);
  peers.push(taken);
  await expect(outside({ listen: taken.url })).rejects.toThrow(/cannot listen on tcp:.*EADDRINUSE/);
});

test("TLS needs a certificate", async () => {
  await expect(outside({ listen: "tls://127.0.0.1:0" })).rejects.toThrow(/--cert <file> and --key/);
});
