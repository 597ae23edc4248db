// The other side of children.mjs: what runs in a process of its own.
import { getHeapSpaceStatistics } from "node:v8";

/**
 * Answers the parent's questions, one function each, and ends when the parent does.
 * A package that is not installed is told as such.
 *
 * @param {Record<string, (argument: any) => unknown>} methods
 */
export function answer(methods) {
  process.on("message", async (/** @type {any} */ { id, method, argument }) => {
    try {
      const run = methods[method];
      if (run === undefined) throw new Error(`nothing here answers "${method}"`);
      process.send?.({ id, value: await run(argument) });
    } catch (error) {
      tell(id, error);
    }
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.({ id: 0 });
}

/**
 * A package of sdk/bench/package.json, of which the build knows no types: nobody
 * has to install it to build.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export function load(name) {
  return import(name);
}

/** What this process has used so far, user and system. @returns {{ cpuMs: number }} */
export function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000 };
}

/** Collects what is garbage, more than once: what the first leaves for finalizers, the next takes. */
export async function collect() {
  for (let round = 0; round < 4; round += 1) {
    // Without options: Node 20 does not collect everything with them, whatever they say.
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Octets that are resident once the garbage is gone, without the pages in which V8 makes
 * new objects: those follow the rate of garbage, some megabytes up or down, and nothing
 * that lives is in them.
 */
export async function residentBytes() {
  await collect();
  const young = getHeapSpaceStatistics().filter(({ space_name }) => space_name.startsWith("new_"));
  const youngBytes = young.reduce((sum, space) => sum + space.physical_space_size, 0);
  return process.memoryUsage.rss() - youngBytes;
}

// What fails while a module is loaded reaches the parent as the answer to its start.
process.on("uncaughtException", (error) => {
  tell(0, error);
  console.error(error);
  setTimeout(() => process.exit(1), 100);
});

/** @param {number} id @param {unknown} error */
function tell(id, error) {
  const missing =
    error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND"
      ? `not installed: ${/'([^']+)'/.exec(error.message)?.[1] ?? error.message}`
      : undefined;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (process.connected) process.send?.({ id, error: text, missing });
}
