/** The options that every way of running the suite has, and their defaults. */
import type { Command } from "commander";
import {
  readConcurrency,
  readEvidence,
  readPattern,
  readRequirements,
  readRole,
  readTransport,
  readUnit,
} from "./options.ts";

export const DEFAULT_UNIT_MS = 200;
export const DEFAULT_CONCURRENCY = 28;

export function addRunOptions(command: Command): Command {
  return command
    .option("--transport <names>", "tcp, ws, grpc; all of them if absent", readTransport)
    .option("--role <names>", "dial, listen: what the testee does; both if absent", readRole)
    .option("--case <patterns>", "ids or families, * for anything", readPattern)
    .option(
      "--unit <ms>",
      `the time unit that every case scales with; ${DEFAULT_UNIT_MS} if absent, but with --dial and --listen what suits the peer`,
      readUnit,
    )
    .option(
      "--concurrency <n>",
      `cases at once; ${DEFAULT_CONCURRENCY} if absent, but 1 with --listen`,
      readConcurrency,
    )
    .option("--evidence <which>", "with --reports: failed, all, none", readEvidence, "failed")
    .option("--baseline <file>", "what is known to fail")
    .option("--update-baseline", "write the baseline from this run")
    .option("--requirements <set>", "what is scored: 1, latest", readRequirements, "1")
    .option("--no-calibration", "do not look whether this machine can judge by time")
    .option("--json", "print report.json and nothing else to standard output");
}
