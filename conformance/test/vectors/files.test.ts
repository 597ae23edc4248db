/** The files of the vectors are what their schemas, their page and the specification say. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import clauses from "../../clauses.json" with { type: "json" };
import type { Trace } from "../../src/vectors/model.ts";
import { frames, loadJson, streams, traces } from "./load.ts";

const FILES = ["frames", "delimited", "traces"] as const;
const schemas = FILES.map((name) => ({
  ...(loadJson(`schema/${name}.schema.json`) as object),
  // They refer to each other by the names of their files.
  $id: `${name}.schema.json`,
}));
const ajv = new Ajv2020({ strict: true, strictRequired: false, schemas });

test.each(FILES)("%s.json fits its schema", (name) => {
  ajv.validate(`${name}.schema.json`, loadJson(`${name}.json`));
  expect(ajv.errors).toBeNull();
});

describe.each([
  ["frames", frames],
  ["streams", streams],
  ["traces", traces],
])(
  "%s",
  (_, vectors: readonly { readonly name: string; readonly clauses: readonly string[] }[]) => {
    test("have names of their own", () => {
      expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    });

    test("rest on sentences that there are", () => {
      const known = new Set(clauses.map(({ id }) => id));
      const cited = new Set(vectors.flatMap((vector) => vector.clauses));
      expect([...cited].filter((id) => !known.has(id))).toEqual([]);
    });
  },
);

describe("a trace", () => {
  test.each(traces)(
    "$name begins with the opening, and its inputs keep clear of windows",
    (trace) => {
      expect(trace.steps[0]).toEqual({ at: 0, in: "open" });
      for (const [from, to] of windows(trace)) {
        expect(moments(trace).filter((at) => from <= at && at <= to)).toEqual([]);
      }
      expect(moments(trace)).toEqual(moments(trace).toSorted((a, b) => a - b));
    },
  );

  test("uses the words of README.md, and all of them", () => {
    const page = readFileSync(new URL("../../vectors/README.md", import.meta.url), "utf8");
    const documented = new Set(
      page
        .split("\n")
        .filter((line) => line.startsWith("| `"))
        .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)])
        .map(([, word]) => word),
    );
    const words = traces.flatMap(({ steps, needs = [] }) => [
      ...needs,
      ...steps.flatMap((step) => {
        if ("in" in step) return [step.in];
        return step.out === "end" ? [step.out, step.why] : [step.out];
      }),
    ]);
    expect([...new Set(words)].filter((word) => !documented.has(word))).toEqual([]);
    const unused = [...wordsOfTheSchema()].filter((word) => !words.includes(word as never));
    expect(unused).toEqual([]);
  });
});

function windows({ steps }: Trace): readonly (readonly [number, number])[] {
  return steps.flatMap(({ at }) => (typeof at === "number" ? [] : [at]));
}

/** When something happens to the side, and when the trace ends. */
function moments({ steps, until }: Trace): number[] {
  return [...steps.flatMap((step) => ("in" in step ? [step.at] : [])), until];
}

/** Every input, output, end and need that the schema allows. */
function wordsOfTheSchema(): string[] {
  const { $defs } = loadJson("schema/traces.schema.json") as {
    $defs: Record<
      string,
      { properties: Record<string, { enum: string[]; items: { enum: string[] } }> }
    >;
  };
  const { trace, input, output } = $defs;
  return [
    ...(trace?.properties["needs"]?.items.enum ?? []),
    ...(input?.properties["in"]?.enum ?? []),
    ...(output?.properties["out"]?.enum ?? []),
    ...(output?.properties["why"]?.enum ?? []),
  ];
}
