import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import type { Report } from "../../bench/framework/report.mjs";

const main = fileURLToPath(new URL("../../bench/main.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pulsewire-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const execute = promisify(execFile);
const bench = (...args: string[]) => execute(process.execPath, [main, ...args], { cwd: folder });

async function refused(...args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr, stdout } = await bench(...args).then(
    () => ({ code: 0, stderr: "", stdout: "" }),
    (error) => error,
  );
  expect(stdout).toBe("");
  return { code, stderr };
}

async function listed(): Promise<string[]> {
  const { stdout } = await bench("--list");
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "");
}

describe("npm run bench", () => {
  test("runs a row, and writes what it found as it is documented", async () => {
    const { stdout } = await bench("--quick", "growth-virtual-memory", "--out", "deep/out.json");
    expect(stdout).toContain("growth-virtual-memory: ");
    expect(stdout).toContain("to reach: within 1.25 of the smallest: ");

    const report: Report = JSON.parse(readFileSync(join(folder, "deep/out.json"), "utf8"));
    expect(report).toMatchObject({
      format: 1,
      quick: true,
      machine: {
        cpu: expect.any(String),
        processors: expect.any(Number),
        memoryGiB: expect.any(Number),
        system: expect.any(String),
        node: process.version,
      },
      load: { busyShare: expect.any(Number) },
    });
    expect(Date.parse(report.date)).not.toBeNaN();
    expect(report.load.before).toHaveLength(3);
    expect(report.packages).toHaveProperty("pulsewire");
    const row = report.rows.find(({ id }) => id === "growth-virtual-memory");
    expect(row).toMatchObject({ unit: "KiB", better: "lower", baseline: "1,000" });
    expect(row?.target).toMatchObject({ limit: expect.any(Number), met: expect.any(Boolean) });
    const [smallest, next, left] = row?.contenders ?? [];
    expect(smallest).toMatchObject({ name: "1,000", ours: false, ratio: 1 });
    expect(next).toMatchObject({ name: "10,000", ours: true, median: expect.any(Number) });
    expect(next?.samples.length).toBeGreaterThan(1);
    expect(next?.min).toBe(Math.min(...(next?.samples ?? [])));
    expect(next?.max).toBe(Math.max(...(next?.samples ?? [])));
    expect(left).toMatchObject({ leftOut: "not with --quick", samples: [] });
  });

  test.each([
    [["--fast"], "--fast"],
    [["idle-cpu-carrier-pigeon"], 'there is no row "idle-cpu-carrier-pigeon"; --list'],
    [["--record", "--quick"], "--record takes all rows in full"],
    [["--record", "false-kills"], "--record takes all rows in full"],
    [["--out"], "--out"],
    [["--quick=yes"], "--quick"],
    [["size", "--out", "."], "--out . cannot be written: EISDIR"],
  ])("refuses %j", async (args, why) => {
    const { code, stderr } = await refused(...args);
    expect(code).toBe(2);
    expect(stderr.match(/error: /g)).toHaveLength(1);
    expect(stderr).toContain(why);
    expect(stderr).toContain("usage: npm run bench");
  });

  test("says how it is used", async () => {
    expect((await bench("--help")).stdout).toContain("usage: npm run bench");
  });

  // What a process has started is known where there is /proc.
  test.runIf(existsSync("/proc/self/task"))("a signal ends what it has started", async () => {
    const running = spawn(process.execPath, [main, "growth-virtual-cpu"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "ignore"],
    });
    const ended = once(running, "exit");
    const children = `/proc/${running.pid}/task/${running.pid}/children`;
    let started: string[] = [];
    await expect
      .poll(
        () => {
          started = readFileSync(children, "utf8").split(" ").filter(Boolean);
          return started.length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    running.kill("SIGINT");
    const [code] = await ended;
    expect(code).toBe(130);
    for (const pid of started) {
      await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
    }
  });
});

describe("docs/performance.md", () => {
  const page = readFileSync(new URL("../../../docs/performance.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => /^\|.*\(`[^`]+`\)/.test(line));

  test("has the rows of the bench, in their order", async () => {
    expect(rows.map((line) => /\(`([^`]+)`\)/.exec(line)?.[1])).toEqual(await listed());
  });

  test("says of each row that is not reached why", () => {
    const [, reasons = ""] = page.split("\n## What is not reached, and why\n");
    const missed = rows.filter((line) => line.includes("**missed"));
    for (const line of missed) expect(reasons).toContain(/\((`[^`]+`)\)/.exec(line)?.[1]);
  });

  test("shows pictures that are there", () => {
    const pictures = [...page.matchAll(/src="(images\/[^"]+)"/g)].map(([, file]) => file ?? "");
    expect(pictures.length).toBeGreaterThan(0);
    for (const file of pictures) {
      const url = new URL(`../../../docs/${file}`, import.meta.url);
      expect(readFileSync(url, "utf8")).toContain("prefers-color-scheme: dark");
    }
  });
});
