/** schema/command.schema.json against what the runner really writes to a testee. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { CaseSpec } from "../src/cases/model.ts";
import { estimateMs } from "../src/runner/plan.ts";
import { runSuite } from "../src/runner/run-suite.ts";
import type { TesteeSource } from "../src/runner/testee-pool.ts";
import { CONFIG_KEYS, FEATURES } from "../src/testee/contract.ts";
import { referenceSource } from "./support/in-process.ts";

const UNIT_MS = 100;

interface ObjectSchema {
  readonly properties: Readonly<Record<string, object>>;
}

const schema = readSchema("command") as {
  readonly oneOf: readonly { readonly $ref: string }[];
  readonly $defs: Readonly<Record<string, ObjectSchema>>;
};
const kinds = schema.oneOf.map(({ $ref }) => $ref.replace("#/$defs/", ""));

/** Commands are open to keys of later versions; what this version writes has no key too many. */
const validators = kinds.map((kind) => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false });
  ajv.addSchema(schema, "command");
  return ajv.compile({ $ref: `command#/$defs/${kind}`, unevaluatedProperties: false });
});

function readSchema(name: string): unknown {
  const url = new URL(`../schema/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8"));
}

/** The kinds of command that a line is; exactly one if it fits the schema. */
function kindsOf(command: unknown): string[] {
  return kinds.filter((_, index) => validators[index]?.(command) === true);
}

/** What a case makes the runner write. */
function traitsOf(spec: CaseSpec): string[] {
  const traits = Object.keys(spec.testee).map((key) => `config ${key}`);
  if (spec.forward !== undefined) traits.push("forward");
  if (spec.testee.stream !== undefined)
    traits.push(...Object.keys(spec.testee.stream).map((key) => `stream ${key}`));
  for (const step of spec.steps) {
    if (step.verb !== "testee") continue;
    for (const [verb, args] of Object.entries(step.args))
      traits.push(verb, ...Object.keys(Object(args)).map((key) => `${verb} ${key}`));
  }
  return traits;
}

/** As few and as short cases as show all that the catalogue can make the runner write. */
function coveringCases(): CaseSpec[] {
  const seen = new Set<string>();
  const shortestFirst = loadCases()
    .filter((spec) => spec.transports.includes("tcp"))
    .sort((a, b) => estimateMs(a, UNIT_MS) - estimateMs(b, UNIT_MS));
  return shortestFirst.filter((spec) => {
    const fresh = traitsOf(spec).filter((trait) => !seen.has(trait));
    for (const trait of fresh) seen.add(trait);
    return fresh.length > 0;
  });
}

/** The reference peer, and every line that it is sent. */
function overheard(lines: string[]): TesteeSource {
  const source = referenceSource();
  return {
    start: () => {
      const channel = source.start();
      return {
        ...channel,
        write: (line) => {
          lines.push(line);
          channel.write(line);
        },
      };
    },
  };
}

describe("command.schema.json", () => {
  const commands: Record<string, unknown>[] = [];

  beforeAll(async () => {
    const lines: string[] = [];
    await runSuite({
      source: overheard(lines),
      catalogue: coveringCases(),
      clauses: [],
      suiteVersion: "0.0.0",
      command: "",
      unitMs: UNIT_MS,
      concurrency: 28,
      selection: { transports: ["tcp"] },
      repro: () => "",
    });
    // What asks for something that does not exist is not to fit.
    for (const line of lines)
      if (!line.includes("no-such") && !line.includes("no_such")) commands.push(JSON.parse(line));
  }, 60_000);

  test("describes every command of a run", () => {
    const strange = commands.filter((command) => kindsOf(command).length !== 1);
    expect(strange).toEqual([]);
  });

  // No case asks for a collection: that is the matrix's.
  const ofCases = kinds.filter((kind) => kind !== "collect");

  test.each(ofCases)("has no key of %s that the runner never writes", (kind) => {
    const written = new Set(
      commands.filter((command) => kindsOf(command).includes(kind)).flatMap(Object.keys),
    );
    expect([...written].sort()).toEqual(Object.keys(schema.$defs[kind]?.properties ?? {}).sort());
  });

  test("has the keys of a configuration that the contract has", () => {
    const keys = Object.keys(schema.$defs["config"]?.properties ?? {});
    expect(keys.sort()).toEqual([...CONFIG_KEYS].sort());
  });

  test.each<[string, object]>([
    ["an unknown command", { id: 1, cmd: "jump" }],
    ["an unknown transport", { ...open(), transport: "carrier-pigeon" }],
    ["an unknown option", { ...open(), config: { colour: "red" } }],
    ["a key too many", { ...open(), colour: "red" }],
    ["a dial without an address", { ...open(), role: "dial" }],
    ["no id", { cmd: "bye" }],
  ])("refuses %s", (_, command) => {
    expect(kindsOf(command)).toEqual([]);
  });

  test("lets a testee meet keys that it does not know", () => {
    const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);
    expect(validate({ ...open(), colour: "red" })).toBe(true);
  });
});

test("testee.schema.json has the features that the contract has", () => {
  const hello = readSchema("testee") as {
    $defs: { hello: { properties: { features: { items: { enum: string[] } } } } };
  };
  expect(hello.$defs.hello.properties.features.items.enum).toEqual([...FEATURES]);
});

function open(): object {
  return { id: 1, cmd: "open", conn: "c1", role: "listen", transport: "tcp", config: {} };
}
