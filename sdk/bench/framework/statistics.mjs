/** @typedef {{ median: number, min: number, max: number }} Summary */

/** @param {readonly number[]} samples At least one. @returns {Summary} */
export function summarize(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  return { median: percentile(sorted, 0.5), min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/**
 * @param {readonly number[]} sorted Least first.
 * @param {number} share 0.99 for the 99th percentile.
 */
export function percentile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const [below = NaN, above = NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}

/** Four significant digits at most, and no exponent. @param {number} value */
export function figure(value) {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  const digits = size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
