/** `matrix` as a command: who takes part, what is run, and what it exits with. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildPairs } from "../../assets/report/client/pairs/model.js";
import { inflate, unpack } from "../../assets/report/client/unpack.js";
import type { MatrixReport } from "../../src/matrix/model.ts";
import type { MatrixPageData } from "../../src/matrix/report/page-data.ts";

const BIN = fileURLToPath(new URL("../../bin/pulsewire-conformance.js", import.meta.url));
const REFERENCE = fileURLToPath(new URL("../../dist/reference/main.js", import.meta.url));
const STUBBORN = fileURLToPath(new URL("../support/stubborn-testee.mjs", import.meta.url));
const LIMIT_MS = 90_000;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulsewire-matrix-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A peers.yaml in the directory of the test. */
function peers(entries: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  writeFileSync(join(directory, "peers.yaml"), JSON.stringify({ peers: entries }));
}

function reference(mutant?: string): Record<string, string> {
  const broken = mutant === undefined ? "" : ` --mutant ${mutant}`;
  return { language: "TypeScript", testee: `"${process.execPath}" "${REFERENCE}"${broken}` };
}

const SDK = { builtin: "sdk" };
const KOTLIN = {
  language: "Kotlin",
  needs: "no-such-program-kotlinc -version",
  install: "Kotlin 2.1 or later",
  testee: "./testee",
};

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function matrix(...args: readonly string[]): Ran {
  return spawnSync(process.execPath, [BIN, "matrix", "peers.yaml", ...args], {
    cwd: directory,
    encoding: "utf8",
    timeout: LIMIT_MS,
  });
}

function report(...args: readonly string[]): MatrixReport & { readonly status: number | null } {
  const { stdout, status, stderr } = matrix("--json", "--no-calibration", ...args);
  if (stdout === "") throw new Error(stderr);
  return { ...(JSON.parse(stdout) as MatrixReport), status };
}

/** Kind to a busy machine: how fast it is must not decide here. */
const UNIT = ["--unit", "400"];
const SHORT = ["--transport", "tcp", "--config", "both", "--fault", "none", ...UNIT];

describe("a wrong command line", () => {
  test.each([
    [["--pair", "sdk:java"], /no pair fits "sdk:java"/],
    [["--peer", "java"], /no peer fits "java"; there are: sdk/],
    [["--require", "java"], /no peer fits "java"/],
    [["--peer", "s*", "--require", "go"], /go is required, but --peer or --pair leaves it out/],
    [["--config", "bot"], /no configuration fits "bot"; there are: both, one-passive/],
    [["--fault", "blackhole"], /no fault fits "blackhole"; there are: none, slices/],
    [["--transport", "udp"], /choose from tcp, ws, grpc/],
    [["--unit", "5"], /whole number from 100/],
  ])("%j", { timeout: LIMIT_MS }, (args, words) => {
    peers({ sdk: SDK, go: { language: "Go", testee: "go" } });
    const { status, stderr, stdout } = matrix(...args);
    expect(stderr).toMatch(words);
    const lines = stderr.trim().split("\n");
    expect(lines.filter((line) => !line.startsWith("(add --help"))).toHaveLength(1);
    expect([stdout, status]).toEqual(["", 3]);
  });

  test.each([
    ["that is not there", undefined, /cannot read peers\.yaml: no such file/],
    ["that is none", "peers:\n  go: {}\n", /peers\.yaml, line 2: go: "language" is missing/],
    [
      "with a directory that is not there",
      "peers: { go: { language: Go, directory: go, testee: ./x } }",
      /peers\.yaml: go: there is no directory go/,
    ],
    [
      "with a file for a directory",
      "peers: { go: { language: Go, directory: peers.yaml, testee: ./x } }",
      /peers\.yaml: go: there is no directory peers\.yaml/,
    ],
  ])("a file %s", { timeout: LIMIT_MS }, (_, content, words) => {
    if (content !== undefined) writeFileSync(join(directory, "peers.yaml"), content);
    const { status, stderr } = matrix();
    expect(stderr.trim()).toMatch(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(3);
  });
});

describe("who takes part", () => {
  test("is who is there; the others are named, with what to do", { timeout: LIMIT_MS }, () => {
    const broken = { language: "C", testee: "exit 7", setup: "make testee" };
    peers({ sdk: SDK, kotlin: KOTLIN, c: broken });
    const { peers: found, results, status } = report(...SHORT);
    expect(status).toBe(0);
    expect(results.map(({ dialer, listener, verdict }) => [dialer, listener, verdict])).toEqual([
      ["sdk", "sdk", "pass"],
    ]);
    expect(found).toMatchObject([
      { name: "sdk", info: { name: "pulsewire" } },
      {
        name: "kotlin",
        leftOut: {
          why: expect.stringMatching(/needs "no-such-program-kotlinc -version"/),
          advice: "Kotlin 2.1 or later",
        },
      },
      {
        name: "c",
        leftOut: {
          why: expect.stringMatching(/does not start: the testee exited with code 7/),
          advice: "set it up with: make testee",
        },
      },
    ]);
    const told = matrix(...SHORT, "--no-calibration").stdout;
    expect(told).toMatch(/Left out/);
    expect(told).toMatch(/set it up with: make testee/);
  });

  test("is required with --require: all who are missing are named", { timeout: LIMIT_MS }, () => {
    peers({ sdk: SDK, kotlin: KOTLIN, scala: { ...KOTLIN, language: "Scala" } });
    for (const required of ["kotlin,scala", "all"]) {
      const { status, stderr, stdout } = matrix(...SHORT, "--require", required);
      expect(stderr).toMatch(
        /required, and not there:\n {2}kotlin: .*\n {4}Kotlin 2\.1 .*\n {2}scala: /,
      );
      expect([stdout, status]).toEqual(["", 4]);
    }
    expect(report(...SHORT, "--require", "sdk").status).toBe(0);
  });

  test("is set up first with --setup", { timeout: LIMIT_MS }, () => {
    const { testee = "" } = reference();
    const late = { language: "C", setup: "echo done > made", testee: `test -f made && ${testee}` };
    const never = { language: "C", setup: "echo no compiler >&2; exit 3", testee: "./x" };
    peers({ late, never });
    expect(matrix(...SHORT).status).toBe(3);
    const { peers: found, results, status } = report(...SHORT, "--setup");
    expect(status).toBe(0);
    expect(results).toHaveLength(1);
    expect(found[1]?.leftOut?.why).toMatch(
      /its setup failed: it exited with code 3; .*no compiler/,
    );
  });

  test("nobody: then nothing is judged", { timeout: LIMIT_MS }, () => {
    peers({ kotlin: KOTLIN });
    const { status, results } = report(...SHORT);
    expect([status, results]).toEqual([3, []]);
  });
});

describe("a run", () => {
  test("of peers that conform passes, and leaves its reports", { timeout: LIMIT_MS }, async () => {
    peers({ sdk: SDK, reference: reference(), kotlin: KOTLIN });
    const faults = "none,black-hole,reset,kill-*,stop-short-*,collect-dialer";
    const {
      status,
      results,
      stderr = "",
    } = {
      stderr: "",
      ...report(
        "--transport",
        "tcp,ws",
        "--config",
        "both,legacy",
        "--fault",
        faults,
        "--reports",
        "out",
      ),
    };
    const bad = results.filter(({ verdict }) => !["pass", "na"].includes(verdict));
    expect(
      bad.map(({ dialer, listener, fault, reason, checks }) => [
        dialer,
        listener,
        fault,
        reason,
        checks.filter(({ verdict }) => verdict !== "pass"),
      ]),
    ).toEqual([]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(results.filter(({ verdict }) => verdict === "pass").length).toBeGreaterThan(20);
    // The reference peer is no legacy peer, and says so.
    expect(results.find(({ verdict }) => verdict === "na")?.reason).toMatch(
      /reference does not claim the feature/,
    );

    const saved = JSON.parse(
      readFileSync(join(directory, "out/matrix.json"), "utf8"),
    ) as MatrixReport;
    expect(problemsOf(saved)).toEqual([]);
    const page = readFileSync(join(directory, "out/index.html"), "utf8");
    const packed = /<script type="application\/octet-stream" id="data">(.*?)<\/script>/s.exec(
      page,
    )?.[1];
    const model = buildPairs(unpack<MatrixPageData>(JSON.parse(await inflate(packed ?? ""))));
    expect(model.runs).toHaveLength(saved.results.length);
    for (const { key, data } of model.runs) expect(data.repro).toContain(key.split("/")[0]);
    const junit = readFileSync(join(directory, "out/junit.xml"), "utf8");
    expect(junit).toMatch(/<testsuite name="sdk dials reference"/);
    expect(junit).toMatch(/<testcase name="tcp both kill-dialer"/);
  });

  test("with a broken peer fails, names it, and says how to see it again", {
    timeout: LIMIT_MS,
  }, () => {
    peers({ sdk: SDK, broken: reference("never-adopts") });
    const args = [
      "--pair",
      "sdk:broken",
      "--transport",
      "ws",
      "--config",
      "one-passive",
      "--fault",
      "none",
    ];
    const { stdout, status } = matrix(...args, ...UNIT, "--no-calibration");
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗ FAIL broken {2}announces/);
    expect(stdout).not.toMatch(/FAIL sdk/);
    expect(stdout).toMatch(
      /again {5}npx pulsewire-conformance matrix peers\.yaml --pair sdk:broken --transport ws --config one-passive --fault none --unit 400/,
    );
  });

  test("of a testee that dies is an error of its contract", { timeout: LIMIT_MS }, () => {
    // It passes everything on to a peer that conforms, and dies when it is to dial.
    writeFileSync(
      join(directory, "mortal.mjs"),
      `import { spawn } from "node:child_process";
       const peer = spawn(process.execPath, [process.argv[2]], { stdio: ["pipe", "inherit", "inherit"] });
       process.stdin.on("data", (line) => {
         if (String(line).includes('"role":"dial"')) process.exit(9);
         peer.stdin.write(line);
       });`,
    );
    const testee = `"${process.execPath}" mortal.mjs "${REFERENCE}"`;
    peers({ mortal: { language: "C", testee } });
    const { status, results } = report(...SHORT);
    expect(results.map(({ verdict }) => verdict)).toEqual(["error"]);
    expect(results[0]?.reason).toMatch(/exited with code 9/);
    expect(status).toBe(4);
  });
});

test.skipIf(process.platform === "win32")(
  "SIGINT ends the programs of a run, which says what was known",
  { timeout: LIMIT_MS },
  async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    peers({ stubborn: { language: "C", testee: `"${process.execPath}" "${STUBBORN}" ${port}` } });
    const run: ChildProcess = spawn(
      process.execPath,
      [BIN, "matrix", "peers.yaml", "--no-calibration", "--reports", "out"],
      { cwd: directory, stdio: ["ignore", "pipe", "pipe"] },
    );
    const said = text(run.stderr as NodeJS.ReadableStream);
    const exited = once(run, "exit");
    const [socket] = (await once(server, "connection")) as [Socket];
    socket.on("error", () => undefined);
    const gone = once(socket, "close");
    run.kill("SIGINT");
    expect(await exited).toEqual([130, null]);
    await gone;
    server.close();
    expect(await said).toMatch(/^interrupted by SIGINT after 0 of \d+ runs\n/);
    const saved = JSON.parse(
      readFileSync(join(directory, "out/matrix.json"), "utf8"),
    ) as MatrixReport;
    expect(saved.exitCode).toBe(130);
  },
);

function problemsOf(saved: unknown): string[] {
  const read = (name: string): object =>
    JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8"));
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
  });
  ajv.addSchema(read("report"));
  const validate = ajv.compile(read("matrix"));
  validate(saved);
  return (validate.errors ?? [])
    .slice(0, 5)
    .map((error) => `${error.instancePath} ${error.message}`);
}
