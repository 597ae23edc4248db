/** The reference peer as a program: `main.js [--mutant <id>]`. */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { systemMachine } from "../time/machine.ts";
import { isMutant, MUTANTS } from "./mutants.ts";
import { ReferenceTestee } from "./testee.ts";

const { values } = parseArgs({ options: { mutant: { type: "string" } } });
const { mutant } = values;
if (mutant !== undefined && !isMutant(mutant)) {
  process.stderr.write(`no mutant "${mutant}"; there are: ${Object.keys(MUTANTS).join(", ")}\n`);
  process.exit(64);
}

const testee = new ReferenceTestee(systemMachine, mutant, (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
const lines = createInterface({ input: process.stdin });
const leave = (): never => {
  testee.dispose();
  process.exit(0);
};
lines.on("line", async (line) => {
  if (!(await testee.handle(line))) leave();
});
lines.on("close", leave);
