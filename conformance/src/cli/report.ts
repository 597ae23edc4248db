/** `report`: draws reports that were written earlier, one or several side by side. */
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { writeComparison } from "../report/index.ts";
import { parseReport } from "../report/parse.ts";
import { reading, requireWritableDirectory, writing } from "./paths.ts";
import { type Terminal, UsageError } from "./run.ts";

/** Not that of a run: it would lose its page. */
const DEFAULT_OUT = "compared";
/** What a run calls it in the directory of its reports. */
const REPORT_FILE = "report.json";

export function addReportCommand(program: Command, terminal: Terminal): void {
  program
    .command("report")
    .description("draw reports that were written earlier as one page, a group of columns each")
    .argument("<files...>", "report.json of each run, or the directory it is in")
    .option("--out <dir>", "where index.html goes", DEFAULT_OUT)
    .action(async (files: string[], { out }: { out: string }) => {
      const reports = await Promise.all(files.map(readReport));
      requireWritableDirectory(out);
      const page = await writing(out, () => writeComparison(reports, out));
      terminal.out.write(`report: ${page}\n`);
    });
}

async function readReport(path: string): Promise<ReturnType<typeof parseReport>> {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isDirectory ? join(path, REPORT_FILE) : path;
  const text = await reading(file, () => readFile(file, "utf8"));
  try {
    return parseReport(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} is no report of this suite: ${why}`);
  }
}
