// Removes everything a build, a test run or a conformance run leaves behind.
import { rmSync } from "node:fs";

const root = new URL("../", import.meta.url);
const leavings = ["coverage", "reports", "node_modules/.cache/pulsewire"];
for (const workspace of ["sdk", "conformance"]) {
  for (const output of ["dist", "reports"]) leavings.push(`${workspace}/${output}`);
}
for (const path of leavings) rmSync(new URL(path, root), { recursive: true, force: true });
