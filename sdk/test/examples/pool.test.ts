import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

test("pool: four sessions in turn, each with its own quarter, and the dead replaced", async () => {
  const { output, code } = await runExample("pool.js");
  const requests = [...output.matchAll(/^request \d goes over (\w)$/gm)].map(([, name]) => name);
  expect(requests).toHaveLength(5);
  expect(new Set(requests.slice(0, 4))).toEqual(new Set(["A", "B", "C", "D"]));
  expect(requests[4]).toBe(requests[0]);
  const rows = output.split("\n").filter((line) => /^[.+A-D]{60}$/.test(line));
  expect(rows).toHaveLength(9);
  for (const name of "ABCD") expect(rows.join("")).toContain(name);
  expect(output).toMatch(/E takes the place of \w: (link-lost|peer-closed)\n4 sessions again\n$/);
  expect(code).toBe(0);
});
