/**
 * How a run is shown: live while it goes on, in the terminal when it is over, and in files.
 *
 * Everything here draws a {@link Report} and decides nothing: verdicts are the judge's.
 */
export { createProgress, type Progress } from "./progress.ts";
export { renderFindings, renderTerminal } from "./terminal.ts";
export { abilitiesOf } from "./text/abilities.ts";
export type { TerminalOptions } from "./text/pen.ts";
export { writeComparison, writeReports } from "./write.ts";
