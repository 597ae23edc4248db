/** The GitHub Action, step by step as a runner would take them. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const REFERENCE = join(ROOT, "conformance/dist/reference/main.js");
const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as Action;
const LIMIT_MS = 60_000;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "pulsewire-action-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the shell steps of the action with these inputs, in a folder of their own. */
function use(
  name: string,
  inputs: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = {},
): Outcome {
  const cwd = mkdtempSync(join(scratch, `${name}-`));
  const given = (key: string): string => inputs[key] ?? action.inputs[key]?.default ?? "";
  const steps = action.runs.steps.filter((step) => step.run !== undefined);
  const [step] = steps;
  if (step?.run === undefined || steps.length !== 1) throw new Error("one shell step was expected");
  const env = Object.entries(step.env ?? {}).map(([key, value]) => {
    const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1];
    if (input === undefined) throw new Error(`${key} is not an input alone: ${value}`);
    return [key, given(input)];
  });
  const outputFile = join(cwd, "output");
  const summaryFile = join(cwd, "summary");
  const { status, stdout } = spawnSync("bash", ["-e", "-o", "pipefail", "-c", step.run], {
    cwd,
    encoding: "utf8",
    env: {
      ...process.env,
      GITHUB_ACTION_PATH: ROOT,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      ...Object.fromEntries(env),
      ...environment,
    },
  });
  const lines = readOr(outputFile).trim().split("\n");
  const outputs = Object.fromEntries(
    lines
      .filter((line) => line !== "")
      .map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]),
  );
  return { status, stdout, outputs, summary: readOr(summaryFile) };
}

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const reference = (args = ""): string => `"${process.execPath}" "${REFERENCE}" ${args}`;
/** With a unit that is kind to a busy machine: how fast it is must not decide here. */
const small = { case: "PRB-004", transport: "tcp", role: "listen", unit: "1000" };

describe("action.yml", { timeout: LIMIT_MS }, () => {
  test("hands every input to its script by the environment, and none in its text", () => {
    const steps = action.runs.steps;
    const texts = steps.flatMap(({ run }) => run ?? []);
    for (const text of texts) expect(text).not.toContain("${{");
    const passed = steps.flatMap(({ env }) => Object.values(env ?? {})).join(" ");
    for (const name of Object.keys(action.inputs))
      if (name !== "node-version") expect(passed).toContain(`\${{ inputs.${name} }}`);
  });

  test("takes every output from the step that has it", () => {
    for (const [name, { value }] of Object.entries(action.outputs))
      expect(value).toBe(`\${{ steps.run.outputs.${name} }}`);
  });

  test("is used in docs/conformance.md by inputs that it has", () => {
    const page = readFileSync(join(ROOT, "docs/conformance.md"), "utf8");
    const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => parse(block ?? ""));
    const steps = blocks.flatMap((block) => block.jobs?.conformance?.steps ?? []);
    const used = steps.find((step: { uses?: string }) => step.uses?.includes("/pulsewire@"));
    for (const name of Object.keys(used.with)) expect(Object.keys(action.inputs)).toContain(name);
  });

  test("judges a testee", () => {
    const { status, outputs, summary } = use("good", { testee: reference(), ...small });
    expect(status).toBe(0);
    expect(outputs).toEqual({
      "exit-code": "0",
      passed: "1",
      failed: "0",
      report: join("pulsewire-reports", "index.html"),
    });
    expect(summary).toContain("Conforms");
  });

  test("fails with a testee that does, and says why", () => {
    const testee = reference("--mutant no-answer");
    const { status, outputs, summary } = use("bad", { testee, ...small, reports: "out" });
    expect(status).toBe(1);
    expect(outputs).toMatchObject({ "exit-code": "1", passed: "0", failed: "1" });
    expect(outputs["report"]).toBe(join("out", "index.html"));
    expect(summary).toContain("PRB-004");
  });

  test.skipIf(process.platform === "win32")(
    "installs the suite of its own version where it is not built",
    () => {
      const checkout = join(scratch, "checkout");
      mkdirSync(join(checkout, "scripts"), { recursive: true });
      mkdirSync(join(checkout, "conformance"));
      copyFileSync(join(ROOT, "scripts/action.mjs"), join(checkout, "scripts/action.mjs"));
      const manifest = { name: "pulsewire-conformance", version: "1.2.3" };
      writeFileSync(join(checkout, "conformance/package.json"), JSON.stringify(manifest));
      // What stands in for npm notes what it was asked for, and "installs" the suite of this checkout.
      const npm = join(checkout, "npm");
      const installed = `mkdir node_modules && ln -s '${ROOT}conformance' node_modules/`;
      const script = `echo "$@" > '${checkout}/asked'\n${installed}pulsewire-conformance\n`;
      writeFileSync(npm, `#!/bin/sh\n${script}`, { mode: 0o755 });

      const environment = {
        GITHUB_ACTION_PATH: checkout,
        RUNNER_TEMP: scratch,
        PATH: `${checkout}${delimiter}${process.env["PATH"]}`,
      };
      const { status } = use("installed", { testee: reference(), ...small }, environment);
      expect(status).toBe(0);
      expect(readOr(join(checkout, "asked"))).toMatch(
        /^install .* pulsewire-conformance@1\.2\.3$/m,
      );
    },
  );

  test("takes inputs for values, whatever is in them", () => {
    const evil = "PRB-004$(touch owned); touch owned `touch owned` --json";
    const { status, outputs, stdout } = use("evil", { testee: reference(), ...small, case: evil });
    expect(status).toBe(3);
    expect(outputs).toEqual({ "exit-code": "3" });
    expect(stdout).not.toContain('"schema"');
    expect(
      spawnSync("bash", ["-c", `ls -R '${scratch}'`], { encoding: "utf8" }).stdout,
    ).not.toContain("owned");
  });

  test.each<[string, Record<string, string>]>([
    ["neither", {}],
    ["both", { testee: "x", dial: "tcp://127.0.0.1:1" }],
  ])("wants one of testee and dial, and not %s", (_, inputs) => {
    const { status, stdout, outputs } = use("usage", inputs);
    expect(status).toBe(3);
    expect(stdout).toContain("::error title=Pulsewire::give one of the inputs testee and dial");
    expect(outputs).toEqual({ "exit-code": "3" });
  });
});
