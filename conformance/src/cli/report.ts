/** `report`: draws reports that were written earlier, one or several side by side. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { writeComparison } from "../report/index.ts";
import { parseReport } from "../report/parse.ts";
import { type Terminal, UsageError } from "./run.ts";

const DEFAULT_OUT = "reports";

export function addReportCommand(program: Command, terminal: Terminal): void {
  program
    .command("report")
    .description("draw reports that were written earlier as one page, a group of columns each")
    .argument("<files...>", "report.json of each run")
    .option("--out <dir>", "where index.html goes", DEFAULT_OUT)
    .action(async (files: string[], { out }: { out: string }) => {
      const reports = await Promise.all(files.map(readReport));
      terminal.out.write(`report: ${await writeComparison(reports, out)}\n`);
    });
}

async function readReport(file: string): Promise<ReturnType<typeof parseReport>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`);
  }
  try {
    return parseReport(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} is no report of this suite: ${why}`);
  }
}
