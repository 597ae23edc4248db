import { describe, expect, test } from "vitest";
import { Children } from "../../bench/framework/children.mjs";
import { experimentOf, type Row, type RowFacts } from "../../bench/framework/row.mjs";
import { type Measured, rotated, run } from "../../bench/framework/runner.mjs";
import { figure, percentile, summarize } from "../../bench/framework/statistics.mjs";
import { judge, ratio } from "../../bench/framework/verdict.mjs";

const facts: RowFacts = {
  id: "row",
  title: "A row",
  unit: "ms",
  better: "lower",
  best: "",
  baseline: "bare",
  ours: ["ours"],
  target: { text: "at most 1.10 of bare", limit: (found) => 1.1 * (found["bare"] ?? Number.NaN) },
  contenders: ["ours", "bare", "other"],
  plot: "plot",
};

const options = { quick: false, children: new Children(), log: () => {} };

async function measured(row: Partial<Row> & Pick<Row, "measure">): Promise<Measured> {
  const [found] = await run(experimentOf({ ...facts, ...row }), options);
  if (found === undefined) throw new Error("no row");
  return found;
}

const samples = (ours: number[], bare: number[]): Measured => ({
  row: facts,
  samples: new Map([
    ["ours", ours],
    ["bare", bare],
  ]),
  leftOut: new Map(),
});

describe("rounds", () => {
  test("each begins with another contender, and not always after the same one", async () => {
    const orders: (readonly string[])[] = [];
    const found = await measured({
      rounds: { quick: 1, full: 4 },
      measure: async ({ order }) => {
        orders.push(order);
        return { ours: [orders.length], bare: [1], other: [1] };
      },
    });
    expect(orders).toHaveLength(4);
    expect(new Set(orders.map(String)).size).toBe(4);
    expect(found.samples.get("ours")).toEqual([1, 2, 3, 4]);
    for (const order of orders) expect([...order].sort()).toEqual(["bare", "other", "ours"]);
  });

  test("whoever was left out is not asked again, and the reason is kept", async () => {
    const orders: (readonly string[])[] = [];
    const found = await measured({
      measure: async ({ order, leaveOut }) => {
        orders.push(order);
        leaveOut("other", "no compiler");
        return { ours: [1], bare: [1] };
      },
    });
    expect(orders.slice(1).flat()).not.toContain("other");
    expect(found.leftOut.get("other")).toBe("no compiler");
    expect(found.failure).toBeUndefined();
  });

  test("ours is left out as others are, and is then neither judged nor a failure", async () => {
    const found = await measured({
      measure: async ({ leaveOut }) => {
        leaveOut("ours", "too few files");
        return { bare: [1] };
      },
    });
    expect(found.failure).toBeUndefined();
    expect(judge(found)).toMatchObject({ met: undefined, text: "left out" });
  });

  test("without a figure of ours, and without a reason, it is a failure", async () => {
    const found = await measured({ measure: async () => ({ bare: [1] }) });
    expect(found.failure).toBe("no samples: ours");
  });

  test("a measurement that throws, and one that takes too long, are failures", async () => {
    const thrown = await measured({ measure: () => Promise.reject(new Error("out of luck")) });
    expect(thrown.failure).toContain("out of luck");
    const late = await measured({ limitMs: 20, measure: () => new Promise(() => {}) });
    expect(late.failure).toContain("not done within 0.02 s");
  });

  test("rotated", () => {
    expect(rotated(["a", "b", "c"], 0)).toEqual(["a", "b", "c"]);
    expect(rotated(["a", "b", "c"], 1)).toEqual(["a", "c", "b"]);
    expect(rotated([], 3)).toEqual([]);
  });
});

describe("verdicts", () => {
  test("reached up to the limit, and missed by how much", () => {
    expect(judge(samples([11], [10]))).toMatchObject({ met: true, text: "reached" });
    expect(judge(samples([22], [10]))).toMatchObject({ met: false, text: "missed by 100 %" });
  });

  test("the worst of ours counts, and where more is better the least", () => {
    const row = { ...facts, better: "higher" as const, ours: ["ours", "other"] };
    const found = { ...samples([20], [10]), row };
    found.samples.set("other", [5.5]);
    expect(judge(found)).toMatchObject({ met: false, text: "missed by 50 %" });
  });

  test("nothing is judged against what is missing", () => {
    const found = samples([1], []);
    found.samples.delete("bare");
    expect(judge(found)).toMatchObject({ met: undefined });
    expect(ratio(found, "ours")).toBeUndefined();
  });

  test("medians, and the ratio between them", () => {
    expect(ratio(samples([3, 1, 2], [4, 4, 40]), "ours")).toBe(0.5);
  });
});

describe("statistics", () => {
  test("summarize leaves its samples as they are", () => {
    const values = [3, 1, 2, 10];
    expect(summarize(values)).toEqual({ median: 2.5, min: 1, max: 10 });
    expect(values).toEqual([3, 1, 2, 10]);
  });

  test("percentile", () => {
    expect(percentile([0, 10, 20, 30, 40], 0.99)).toBeCloseTo(39.6);
    expect(percentile([7], 0.5)).toBe(7);
  });

  test.each([
    [0, "0"],
    [0.0123, "0.012"],
    [1.234, "1.23"],
    [56.78, "56.8"],
    [1234.5, "1,235"],
    [Number.NaN, "-"],
  ])("figure(%d) is %s", (value, text) => {
    expect(figure(value)).toBe(text);
  });
});
