/** check-shim: what keeps the contract passes, and each way to break it is found where it lies. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkShim } from "../src/shim/check-shim.ts";
import type { ShimCheck, ShimReport } from "../src/shim/model.ts";
import { renderChecklist } from "../src/shim/render.ts";

const LIMIT_MS = 60_000;
const FAULTY = fileURLToPath(new URL("support/faulty-testee.mjs", import.meta.url));
const dist = (path: string): string => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));

function check(program: string, ...args: string[]): Promise<ShimReport> {
  return checkShim(`"${process.execPath}" "${program}" ${args.join(" ")}`, "0.0.0");
}

function titles(report: ShimReport, outcome: ShimCheck["outcome"]): string[] {
  return report.checks
    .filter((entry) => entry.outcome === outcome)
    .map((entry) => `${entry.group}: ${entry.title}`);
}

describe.concurrent("check-shim", { timeout: LIMIT_MS }, () => {
  test.each([
    ["of the SDK", dist("sdk-testee/main.js")],
    ["of the reference peer", dist("reference/main.js")],
  ])("passes the testee %s whole", async (_, program) => {
    const report = await check(program);
    expect(titles(report, "fail")).toEqual([]);
    expect(titles(report, "later")).toEqual([]);
    expect(report.checks.length).toBeGreaterThan(40);
  });

  test("passes a testee without faults", async () => {
    const report = await check(FAULTY);
    expect(renderChecklist(report, { color: false })).toContain("The control contract is kept");
    expect(titles(report, "fail")).toEqual([]);
  });

  test("passes a skeleton, and says what is not implemented yet", async () => {
    const report = await check(FAULTY, "skeleton");
    expect(titles(report, "fail")).toEqual([]);
    expect(titles(report, "later")).toEqual([
      "tcp, listen: listens on a free port of 127.0.0.1",
      "tcp, dial: connects to the address that it is given",
    ]);
    expect(renderChecklist(report, { color: false })).toContain("2 not implemented yet");
  });

  test.each<[string, string[]]>([
    ["short-hello", ["hello: says hello, with all that hello must say"]],
    ["knows-all", ['answers a command that does not exist with "unsupported"']],
    ["any-option", ['answers an option that does not exist with "unsupported"']],
    ["yes-man", ['answers a transport that does not exist with "unsupported"']],
    ["rejects-keys", ["commands: ignores a key that it does not know"]],
    ["own-ids", ["commands: answers send and read on an unknown connection", "standard output"]],
    ["says-all-twice", ["standard output: holds nothing but lines of the contract"]],
    ["chatty", ["standard output: holds nothing but lines of the contract"]],
    ["unfinished", ["leaving: exits on bye"]],
    ["no-stall", ["commands: stands still for 400 ms after stall"]],
    ["no-forward", ["tcp, listen: dials where `forward` says"]],
    ["any-interface", ["tcp, listen: listens on a free port of 127.0.0.1"]],
    ["no-events", ["tcp, listen: announces each connection"]],
    ["one-name", ["tcp, listen: announces each connection"]],
    ["keeps-port", ["tcp, listen: close frees the port and ends its connections"]],
    ["close-once", ["commands: takes close of an unknown connection for done"]],
    ["any-time", ["tcp, listen: refuses a heartbeat-time of 99 ms", "tcp, dial: refuses a"]],
    ["dials-anyone", ["tcp, dial: says that it failed where nobody listens"]],
    ["deaf-to-bye", ["leaving: exits on bye"]],
    ["ignores-end", ["leaving: exits at the end of its input"]],
    ["dies", ["commands: answers send and read on an unknown connection"]],
  ])("finds a testee that is %s", async (fault, expected) => {
    const report = await check(FAULTY, fault);
    const failed = titles(report, "fail");
    for (const title of expected) expect(failed.some((found) => found.includes(title))).toBe(true);
  });

  test.skipIf(process.platform === "win32")("finds what a testee leaves running", async () => {
    const report = await check(FAULTY, "leaves-child");
    expect(titles(report, "fail")).toEqual(["leaving: exits on bye"]);
  });

  test("says what was sent, what came and what was expected", async () => {
    const report = await check(FAULTY, "knows-all");
    const text = renderChecklist(report, { color: false });
    expect(text).toMatch(/✗ answers a command that does not exist/);
    expect(text).toMatch(/sent +\{"id":\d+,"cmd":"no-such-command-[0-9a-f]+"\}/);
    expect(text).toMatch(/came +\{"id":\d+,"ok":\{\}\}/);
    expect(text).toMatch(/expected +"unsupported"/);
    expect(text).toContain("The control contract is broken");
  });

  test("says what a program that does not start said", async () => {
    const report = await checkShim("no-such-program-at-all", "0.0.0");
    expect(titles(report, "fail")).toEqual(["hello: says hello, with all that hello must say"]);
    expect(report.testee).toBeUndefined();
    expect(renderChecklist(report, { color: false })).toContain("no-such-program-at-all");
  });
});
