/** Writes the evidence of a run: a directory for each case that somebody may have to look at. */
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CaseResult, Report } from "../model.ts";
import { needsAttention } from "../report/verdicts.ts";
import { reproScript } from "./repro-script.ts";
import { caseTimeline } from "./timeline.ts";
import { formatTrace } from "./trace-file.ts";

/** Of which cases evidence is kept. */
export type EvidencePolicy = "failed" | "all" | "none";

/** What is kept of one run, in octets: thrice what all cases need. */
const TOTAL_LIMIT_BYTES = 256 * 1024 * 1024;

export const EVIDENCE_DIR = "evidence";
export const RUN_FILE = "run.json";
export const TRACE_FILE = "trace.jsonl";
export const VERDICT_FILE = "verdict.json";

/** Directories that this module made, and may therefore remove. */
const CASE_DIR = /^[A-Z]+-\d+\.(?:tcp|ws|grpc)\.(?:dial|listen)$/;

export interface EvidenceFacts {
  readonly policy: EvidencePolicy;
  /** A hash of the catalogue: see cases/hash.ts. */
  readonly catalogue: string;
  /** The directory in which the testee's command line works. */
  readonly workingDirectory: string;
  readonly limitBytes?: number;
}

export interface SavedEvidence {
  /** The report, with the place of what was saved in each result. */
  readonly report: Report;
  /** How many were left out, as all of it would have been too much. */
  readonly leftOut: number;
}

/**
 * Writes `<dir>/evidence/<case>.<transport>.<role>/` for each result that the policy asks for. What
 * an earlier run left there is removed: the directory holds one run, and can be judged as one.
 */
export async function saveEvidence(
  report: Report,
  dir: string,
  facts: EvidenceFacts,
): Promise<SavedEvidence> {
  const root = join(dir, EVIDENCE_DIR);
  await removeEarlier(root);
  const wanted = new Set(report.results.filter((result) => isWanted(result, facts.policy)));
  if (wanted.size === 0) return { report, leftOut: 0 };
  await mkdir(root, { recursive: true });
  const { results, clauses: _, ...run } = report;
  await writeFile(join(root, RUN_FILE), `${JSON.stringify(run, null, 2)}\n`);
  let left = facts.limitBytes ?? TOTAL_LIMIT_BYTES;
  let leftOut = 0;
  const placed: CaseResult[] = [];
  for (const result of results) {
    const files = wanted.has(result) ? filesOf(result, report, facts) : undefined;
    if (files === undefined || files.bytes > left) {
      if (files !== undefined) leftOut += 1;
      placed.push(result);
      continue;
    }
    left -= files.bytes;
    const name = `${result.caseId}.${result.transport}.${result.role}`;
    await writeCase(join(root, name), files.contents);
    placed.push({ ...result, evidence: `${EVIDENCE_DIR}/${name}` });
  }
  return { report: { ...report, results: placed }, leftOut };
}

/** True if somebody may have to look: also for a check that is not scored. */
function isWanted(result: CaseResult, policy: EvidencePolicy): boolean {
  if (policy !== "failed") return policy === "all" && result.attempts > 0;
  return (
    needsAttention(result.verdict) || result.checks.some((check) => needsAttention(check.verdict))
  );
}

function filesOf(
  result: CaseResult,
  report: Report,
  facts: EvidenceFacts,
): { readonly contents: ReadonlyMap<string, string>; readonly bytes: number } {
  const { trace, stderr, ...verdict } = result;
  const { suiteVersion } = report;
  const contents = new Map([
    [TRACE_FILE, formatTrace(trace, { suiteVersion, catalogue: facts.catalogue })],
    [VERDICT_FILE, `${JSON.stringify({ schema: 1, ...verdict }, null, 2)}\n`],
    ["timeline.txt", caseTimeline(result)],
    ["stderr.log", stderr],
    ["repro.sh", reproScript(result, facts.workingDirectory)],
  ]);
  const bytes = [...contents.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { contents, bytes };
}

async function writeCase(dir: string, contents: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, text] of contents) {
    await writeFile(join(dir, name), text);
    if (name.endsWith(".sh")) await chmod(join(dir, name), 0o755);
  }
}

async function removeEarlier(root: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  for (const name of names)
    if (CASE_DIR.test(name) || name === RUN_FILE)
      await rm(join(root, name), { recursive: true, force: true });
}
