/** Every sentence of the specification has a case, or a reason why it has none; every quote is exact. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { extractClauses, plainText } from "../src/cases/clauses.ts";
import { loadCases } from "../src/cases/load.ts";
import { FENCE_CLAUSES, WIRE_CLAUSES } from "../src/judge/judge.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGES = ["protocol.md", "bindings.md"];

const clauses = PAGES.flatMap((page) =>
  extractClauses(readFileSync(new URL(`docs/${page}`, ROOT), "utf8"), page),
);
const sentences = new Map(clauses.map(({ id, sentence }) => [id, sentence]));
const catalogue = loadCases();
const untestable = parse(
  readFileSync(new URL("conformance/untestable.yaml", ROOT), "utf8"),
) as Record<string, string>;

describe("the specification", () => {
  test("is the one that this suite was written against", async () => {
    // After a change: review the cases that quote it, then run vitest with -u.
    const snapshot = `${JSON.stringify(clauses, null, 2)}\n`;
    await expect(snapshot).toMatchFileSnapshot("../clauses.json");
  });

  test("uses no id twice", () => {
    expect(sentences.size).toBe(clauses.length);
  });

  test("has a case or a reason for each sentence", () => {
    const named = new Set([
      ...catalogue.flatMap((spec) => Object.keys(spec.clauses)),
      ...WIRE_CLAUSES,
      ...FENCE_CLAUSES,
    ]);
    const forgotten = clauses.filter(({ id }) => !named.has(id) && !(id in untestable));
    expect(forgotten.map(({ id }) => id)).toEqual([]);
    // A reason beside a case is out of date.
    expect(Object.keys(untestable).filter((id) => named.has(id))).toEqual([]);
  });
});

describe("cases", () => {
  test.each(catalogue.map((spec) => [spec.id, spec] as const))(
    "%s quotes sentences as they stand",
    (_, spec) => {
      for (const [id, quote] of Object.entries(spec.clauses)) {
        const sentence = sentences.get(id);
        expect(sentence, `${id} is no clause`).toBeDefined();
        expect(sentence, id).toContain(plainText(quote));
      }
    },
  );

  test("are untestable only where the clause exists, and say why", () => {
    for (const [id, reason] of Object.entries(untestable)) {
      expect(sentences.has(id), id).toBe(true);
      expect(reason.length, id).toBeGreaterThan(20);
    }
  });
});
