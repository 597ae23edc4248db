/** The reference peer as a program: `main.js [--mutant <id>]`. */
import { parseArgs } from "node:util";
import { serve } from "../testee/serve.ts";
import { systemMachine } from "../time/machine.ts";
import { isMutant, MUTANTS } from "./mutants.ts";
import { ReferenceTestee } from "./testee.ts";

const { values } = parseArgs({ options: { mutant: { type: "string" } } });
const { mutant } = values;
if (mutant !== undefined && !isMutant(mutant)) {
  process.stderr.write(`no mutant "${mutant}"; there are: ${Object.keys(MUTANTS).join(", ")}\n`);
  process.exit(64);
}
serve((write) => new ReferenceTestee(systemMachine, mutant, write));
