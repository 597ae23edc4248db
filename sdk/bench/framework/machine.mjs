import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} processors
 * @property {number} memoryGiB
 * @property {string} system
 * @property {string} node
 */

/** @returns {Machine} */
export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.version,
  };
}

/**
 * The share of all processors that was in use for a moment, 0 to 1: what else runs here.
 * The load average is of the last minute, in which a build may have run that is over.
 */
export async function busyShare(forMs = 500) {
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const after = times();
  const all = after.all - before.all;
  return all === 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

/** One minute, five, fifteen. Zeros where the system has none. */
export function loadAverage() {
  return loadavg().map((load) => Math.round(load * 100) / 100);
}

/** Files that one process may have open; undefined where nobody tells. */
export function openFilesLimit() {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const soft = /Max open files\s+(\S+)/.exec(limits)?.[1];
    if (soft !== undefined) return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // Not Linux: a shell knows.
  }
  try {
    const said = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
    return said === "unlimited" ? Number.POSITIVE_INFINITY : Number(said);
  } catch {
    return undefined;
  }
}

function times() {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { all, idle };
}
