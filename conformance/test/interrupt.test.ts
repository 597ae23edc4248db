/** A run that is interrupted leaves no program behind, and says what it was. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Report } from "../src/model.ts";

const BIN = fileURLToPath(new URL("../bin/pulsewire-conformance.js", import.meta.url));
const STUBBORN = fileURLToPath(new URL("support/stubborn-testee.mjs", import.meta.url));

let directory: string;
let server: Server;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "pulsewire-interrupt-"));
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  const { port } = server.address() as AddressInfo;
  const testee = `"${process.execPath}" "${STUBBORN}" ${port}`;
  return spawn(process.execPath, [BIN, ...args, "--testee", testee], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The testee, as soon as it does what it was told, which is nothing. */
async function busyTestee(): Promise<{ readonly gone: Promise<unknown> }> {
  const [socket] = (await once(server, "connection")) as [Socket];
  socket.on("error", () => undefined);
  const gone = once(socket, "close");
  await once(socket, "data");
  return { gone };
}

test.skipIf(process.platform === "win32").each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  "%s ends the programs of a run, which exits with %i",
  { timeout: 30_000 },
  async (name, code) => {
    const reports = join(directory, "reports");
    const run = start("run", "--case", "ADP-*", "--reports", reports, "--no-calibration");
    const said = text(run.stderr as NodeJS.ReadableStream);
    const exited = once(run, "exit");
    const { gone } = await busyTestee();
    run.kill(name);
    expect(await exited).toEqual([code, null]);
    await gone;
    const line = new RegExp(`^interrupted by ${name} after \\d+ of \\d+ cases$`);
    expect((await said).trim()).toMatch(line);
    const report = JSON.parse(readFileSync(join(reports, "report.json"), "utf8")) as Report;
    expect(report.problem).toMatch(line);
    expect(report.exitCode).toBe(code);
    // Nothing of the testee was seen: none of it is an error of the testee.
    expect(report.results.filter(({ verdict }) => verdict !== "na")).toEqual([]);
  },
);

test.skipIf(process.platform === "win32")(
  "SIGINT ends the programs of check-shim",
  { timeout: 30_000 },
  async () => {
    const run = start("check-shim");
    const said = text(run.stderr as NodeJS.ReadableStream);
    const exited = once(run, "exit");
    const { gone } = await busyTestee();
    run.kill("SIGINT");
    expect(await exited).toEqual([130, null]);
    await gone;
    expect(await said).toBe("interrupted by SIGINT\n");
  },
);
