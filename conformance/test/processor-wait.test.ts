/** What the kernel says of a testee that has to wait for a processor. */
import { cpus } from "node:os";
import { describe, expect, test } from "vitest";
import { Program } from "../src/testee/program.ts";
import { ProcessorWait } from "../src/trace/processor-wait.ts";

const BURN_MS = 3_000;

/** A program with so many threads that do nothing but burn, for a bounded time. */
function burner(threads: number): Program {
  const burn = `for (const end = Date.now() + ${BURN_MS}; Date.now() < end; );`;
  const start = `for (let n = 0; n < ${threads}; n += 1) new (require("node:worker_threads").Worker)(${JSON.stringify(burn)}, { eval: true });`;
  return new Program(`"${process.execPath}" -e '${start}'; exit 0`);
}

describe.skipIf(process.platform !== "linux")("the wait for a processor", () => {
  test("is noticed, of what a shell has started too, and grows while it lasts", async () => {
    const program = burner(3 * cpus().length);
    try {
      const wait = new ProcessorWait(program.pid as number);
      const waits: number[] = [];
      await new Promise<void>((resolve) => {
        const stop = wait.observe((waitNs) => {
          waits.push(waitNs);
          if (waits.length < 5) return;
          stop();
          resolve();
        });
      });
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(20e6);
      expect(Math.max(...waits)).toBeGreaterThan(waits[0] as number);
    } finally {
      await program.dispose();
    }
  });

  test("of nobody is none", async () => {
    const program = new Program("exit 0");
    const { pid } = program;
    await program.ended;
    const wait = new ProcessorWait(pid as number);
    const seen: number[] = [];
    const stop = wait.observe((waitNs) => seen.push(waitNs));
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop();
    await program.dispose();
    expect(seen).toEqual([]);
  });
});
