/**
 * What the rows about growth have in common: a contender for each number of sessions, and none may
 * cost more than the smallest by a quarter.
 *
 * @param {readonly number[]} sizes The smallest first.
 */
export function factsOf(sizes) {
  const names = sizes.map(nameOf);
  const [smallest = ""] = names;
  return /** @type {const} */ ({
    better: "lower",
    baseline: smallest,
    ours: names.slice(1),
    target: {
      text: "within 1.25 of the smallest",
      limit: (/** @type {import("../../framework/row.mjs").Medians} */ found) =>
        1.25 * (found[smallest] ?? Number.NaN),
    },
    contenders: names,
    plot: "growth",
  });
}

/** @param {number} size */
export function nameOf(size) {
  return size.toLocaleString("en-US");
}
