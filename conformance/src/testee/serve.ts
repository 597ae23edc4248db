/** Runs a testee on this process's standard streams until they end, or it was told to leave. */
import { createInterface } from "node:readline";
import type { TesteeLine } from "./contract.ts";
import type { LineTestee } from "./in-process.ts";

export function serve(start: (write: (line: TesteeLine) => void) => LineTestee): void {
  const testee = start((line) => process.stdout.write(`${JSON.stringify(line)}\n`));
  const lines = createInterface({ input: process.stdin });
  const leave = (): never => {
    testee.dispose();
    process.exit(0);
  };
  lines.on("line", async (line) => {
    if (!(await testee.handle(line))) leave();
  });
  lines.on("close", leave);
}
