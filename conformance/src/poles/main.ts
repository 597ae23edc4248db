/** A pole as a program: `main.js --pole <name>`. */
import { parseArgs } from "node:util";
import { serve } from "../testee/serve.ts";
import { systemMachine } from "../time/machine.ts";
import { CONTROL_POLES, ControlPoleTestee, isControlPole } from "./control.ts";
import { isPole, POLES } from "./poles.ts";
import { PoleTestee } from "./testee.ts";

const { values } = parseArgs({ options: { pole: { type: "string", default: "" } } });
const { pole } = values;
if (isPole(pole)) serve((write) => new PoleTestee(systemMachine, pole, write));
else if (isControlPole(pole)) serve((write) => new ControlPoleTestee(pole, write));
else {
  const names = [...Object.keys(POLES), ...Object.keys(CONTROL_POLES)];
  process.stderr.write(`no pole "${pole}"; there are: ${names.join(", ")}\n`);
  process.exit(64);
}
