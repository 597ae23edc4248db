/** Testees that are broken as programs: each ends in a clear verdict, and nothing of it is left. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { Report } from "../src/model.ts";
import { runSuite } from "../src/runner/run-suite.ts";
import { TesteeProcess } from "../src/testee/process.ts";

const BAD_TESTEE = fileURLToPath(new URL("support/bad-testee.mjs", import.meta.url));
const CLI = fileURLToPath(new URL("../bin/pulsewire-conformance.js", import.meta.url));
/** What a testee that says nothing costs: the limit of a reply, and then some. */
const LIMIT_MS = 40_000;

/** Ten seconds: what was killed goes when it comes to a processor. */
const LOOKS = 500;

const catalogue = loadCases();
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "pulsewire-bad-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Outcome {
  readonly exitCode: Report["exitCode"];
  /** What is said of it, of the run or of its cases. */
  readonly said: string;
  /** Processes of the testee that are still there. */
  readonly left: readonly number[];
}

function commandOf(fault: string, pids: string): string {
  return `exec "${process.execPath}" "${BAD_TESTEE}" ${fault} "${pids}"`;
}

async function runBad(fault: string, cases = ["WIR-003"]): Promise<Outcome> {
  const pids = join(dir, fault);
  const { exitCode, problem, results } = await runSuite({
    source: { start: () => new TesteeProcess(commandOf(fault, pids)) },
    catalogue,
    clauses: [],
    suiteVersion: "0.0.0",
    command: "",
    // Kind to a busy machine: how fast it is must not decide here.
    unitMs: 500,
    concurrency: 4,
    selection: { cases, transports: ["tcp"], roles: ["listen"] },
    repro: () => "",
  });
  const said = [problem, ...results.map(({ verdict, reason }) => `${verdict}: ${reason}`)];
  return { exitCode, said: said.join("\n"), left: await leftOf(pids) };
}

/** The processes of a file that live on; those that were just killed are given a moment. */
async function leftOf(pids: string): Promise<number[]> {
  const ids = readFileSync(pids, "utf8").trim().split("\n").map(Number);
  for (let look = 0; ; look += 1) {
    const left = ids.filter(isAlive);
    if (left.length === 0 || look === LOOKS) return left;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What has ended and was not waited for runs no more: nobody adopts it in a container without an init. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** Sockets, listeners and child processes that this process holds. */
function held(): string[] {
  const kinds = ["TCPServerWrap", "TCPSocketWrap", "ProcessWrap"];
  return process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind));
}

describe("a testee that", () => {
  describe("breaks the contract", { concurrent: true, timeout: LIMIT_MS }, () => {
    test.each<[fault: string, said: RegExp]>([
      ["garbage", /not JSON: Welcome/],
      ["exits-at-once", /exited with code 3/],
      ["hangs-at-hello", /no reply to "hello" within 10 s/],
      ["hangs-in-the-middle", /error: no reply to "open" within 10 s/],
      ["exits-in-the-middle", /error: the testee exited with code 7/],
      ["dies-when-an-end-is-due", /error: the testee exited with code 9/],
      ["closes-stdin", /closed its standard input|no reply to "hello"/],
      ["a-wrong-port", /error: nobody listens at 127\.0\.0\.1:\d+/],
      ["a-host-elsewhere", /error: .*host/],
      ["leaves-a-child-with-its-streams", /exited with code 0/],
    ])("%s: exits with 4", async (fault, said) => {
      const cases = fault === "dies-when-an-end-is-due" ? ["LIV-001"] : ["WIR-003"];
      const outcome = await runBad(fault, cases);
      expect(outcome.said).toMatch(said);
      expect(outcome.exitCode).toBe(4);
      expect(outcome.left).toEqual([]);
    });

    test.each<[fault: string, cases: string[], said: RegExp]>([
      ["a-port-of-somebody-else", ["WIR-003"], /fail/],
      ["ignores-close", ["WIR-003"], /fail/],
      ["ignores-bye", ["WIR-003"], /fail/],
      ["leaves-a-child", ["WIR-003"], /fail/],
      ["lies", casesWith("always_beat"), /untestable: .*does not support "open"/],
    ])("%s: is judged, and exits with 1", async (fault, cases, said) => {
      const outcome = await runBad(fault, cases);
      expect(outcome.said).toMatch(said);
      expect(outcome.exitCode).toBe(1);
      expect(outcome.left).toEqual([]);
    });
  });

  test("writes without end costs little memory", { timeout: LIMIT_MS }, async () => {
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 10);
    const floods = [
      "one-endless-line",
      "garbage-lines",
      "lawful-lines",
      "floods-stderr",
      "floods-the-wire",
    ];
    const outcomes = await Promise.all(floods.map((fault) => runBad(fault)));
    clearInterval(watch);
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([4, 4, 4, 1, 1]);
    expect(outcomes[0]?.said).toMatch(/a line of more than 1048576 octets/);
    expect(outcomes[1]?.said).toMatch(/not JSON: nonsense/);
    expect(outcomes[2]?.said).toMatch(/more than 100000 lines/);
    expect(outcomes[4]?.said).toMatch(/^\s*fail/);
    expect(outcomes.flatMap(({ left }) => left)).toEqual([]);
    // Five times a hundred megabytes were on offer.
    expect((most - before) / 1e6).toBeLessThan(150);
  });

  test("is broken in any of these ways leaves nothing in the suite's own process", {
    timeout: LIMIT_MS,
  }, async () => {
    for (const fault of ["garbage", "exits-in-the-middle", "leaves-a-child"]) await runBad(fault);
    // A handle is closed a turn of the event loop after the process or the socket is gone.
    await expect.poll(held, { timeout: LIMIT_MS / 2 }).toEqual([]);
  });

  test("breaks the contract still gets its reports", { timeout: LIMIT_MS }, async () => {
    const reports = join(dir, "reports");
    const args = ["--testee", commandOf("garbage", join(dir, "cli")), "--reports", reports];
    const child = spawn(process.execPath, [CLI, "run", "--no-calibration", ...args]);
    // It ends by itself: nothing keeps its process alive.
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(4);
    expect(readdirSync(reports).sort()).toEqual(
      expect.arrayContaining(["index.html", "junit.xml", "report.json", "summary.md"]),
    );
    const report = JSON.parse(readFileSync(join(reports, "report.json"), "utf8")) as Report;
    expect(report.problem).toMatch(/not JSON: Welcome/);
    expect(existsSync(join(reports, "evidence"))).toBe(false);
  });
});

function casesWith(feature: string): string[] {
  return catalogue.filter(({ features }) => features.includes(feature)).map(({ id }) => id);
}
