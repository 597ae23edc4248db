import { UsageError } from "./usage-error.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration such as `500ms`, `2s`, `1.5s` or `1m`.
 *
 * @returns whole milliseconds.
 * @throws UsageError without a unit: "5" is milliseconds to some and seconds to others.
 */
export function parseDuration(text: string, option: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new UsageError(`${option} takes a duration such as 500ms, 2s or 1m; got "${text}"`);
  }
  if (unit === "") {
    throw new UsageError(
      `${option} needs a unit: "${text}" could be ${text}ms, ${text}s or ${text}m`,
    );
  }
  const factor = UNITS[unit];
  if (factor === undefined) {
    throw new UsageError(`${option} knows the units ms, s, m and h; got "${text}"`);
  }
  return Math.round(Number(amount) * factor);
}

/** What the library says of a time that is out of its range, in the units of the command line. */
export function inUnits(message: string): string {
  return message.replace(
    /a whole number of milliseconds from (\d+) to (\d+)(.*); got (\d+)$/,
    (_, least, most, more, got) =>
      `from ${short(least)} to ${short(most)}${more}; got ${short(got)}`,
  );
}

function short(ms: string): string {
  return formatDuration(Number(ms)).replace(" min", "m").replace(" ", "");
}

/** A configured duration, exactly: `2 s`, `1.5 s`, `750 ms`, `1 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${round(ms, 0)} ms`;
  if (ms < 60_000 || ms % 60_000 !== 0) return `${round(ms / 1000, 3)} s`;
  return ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${ms / 60_000} min`;
}

/** A measured duration, to what is worth reading: `0.42 ms`, `37 ms`, `4.02 s`. */
export function formatMeasured(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
