/** Finds saved evidence and reads it; whatever cannot be used is said, and nothing of it is guessed. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseSpec } from "../cases/model.ts";
import type { CaseResult, Report, Trace } from "../model.ts";
import { RUN_FILE, TRACE_FILE, VERDICT_FILE } from "./save.ts";
import { EvidenceError, EvidenceReader, type TraceHeader } from "./trace-file.ts";

/** More than any trace that is kept: what is longer is no trace. In octets. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;
/** How deep below a directory that is named evidence is looked for: reports/evidence/case. */
const DEPTH = 3;

/** What the suite said when the trace was made. */
export type SavedVerdict = Omit<CaseResult, "trace" | "stderr">;

/** The evidence of one case. */
export interface SavedCase {
  readonly file: string;
  readonly header: TraceHeader;
  readonly trace: Trace;
  readonly spec: CaseSpec;
  /** Absent where only the trace was kept. */
  readonly verdict?: SavedVerdict;
  readonly stderr: string;
}

/** What is known of the run as a whole. */
export type SavedRun = Omit<Report, "results" | "clauses">;

export interface SavedEvidence {
  readonly cases: readonly SavedCase[];
  /** Absent where only traces were kept. */
  readonly run?: SavedRun;
}

/** @throws {EvidenceError} that names everything that cannot be used. */
export function loadEvidence(
  paths: readonly string[],
  catalogue: readonly CaseSpec[],
): SavedEvidence {
  const files = [...new Set(paths.flatMap(findTraces))];
  const specs = new Map(catalogue.map((spec) => [spec.id, spec]));
  const reader = new EvidenceReader();
  const problems: string[] = [];
  const cases: SavedCase[] = [];
  for (const file of files) {
    try {
      cases.push(loadCase(file, reader, specs));
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new EvidenceError(joinProblems(problems));
  const run = loadRun(files, reader);
  return { cases, ...(run === undefined ? {} : { run }) };
}

/** The traces at or below a path. */
function findTraces(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new EvidenceError(`there is no ${path}`);
  if (stat.isFile()) return [path];
  const found = tracesBelow(path, DEPTH);
  if (found.length === 0)
    throw new EvidenceError(
      `there is no ${TRACE_FILE} in ${path}: run with --reports, and with --evidence all for the cases that pass`,
    );
  return found;
}

function tracesBelow(dir: string, depth: number): string[] {
  const entries = readdirSync(dir, { withFileTypes: true });
  // What a script that repeats a case has found is evidence of another run.
  const isCase = entries.some((entry) => entry.isFile() && entry.name === TRACE_FILE);
  if (isCase) return [join(dir, TRACE_FILE)];
  if (depth === 0) return [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(dir, entry.name))
    .sort()
    .flatMap((below) => tracesBelow(below, depth - 1));
}

function loadCase(
  file: string,
  reader: EvidenceReader,
  specs: ReadonlyMap<string, CaseSpec>,
): SavedCase {
  const { header, trace } = reader.trace(readText(file), file);
  const spec = specs.get(header.caseId);
  if (spec === undefined)
    throw new EvidenceError(
      `${file} is of the case "${header.caseId}", which this version of the suite does not have`,
    );
  const dir = dirname(file);
  const beside = join(dir, VERDICT_FILE);
  const verdict = existsSync(beside) ? reader.verdict(readText(beside), beside, trace) : undefined;
  const stderr = join(dir, "stderr.log");
  return {
    file,
    header,
    trace,
    spec,
    ...(verdict === undefined ? {} : { verdict }),
    stderr: existsSync(stderr) ? readText(stderr) : "",
  };
}

/** The run that the cases are of, if they are of one. */
function loadRun(traces: readonly string[], reader: EvidenceReader): SavedRun | undefined {
  const roots = new Set(traces.map((file) => dirname(dirname(file))));
  const [root] = roots;
  if (root === undefined || roots.size > 1) return undefined;
  const file = join(root, RUN_FILE);
  if (!existsSync(file)) return undefined;
  return reader.run(readText(file), file);
}

function readText(file: string): string {
  const { size } = statSync(file);
  if (size > FILE_LIMIT_BYTES)
    throw new EvidenceError(`${file} has ${size} octets, which is more than the suite writes`);
  return readFileSync(file, "utf8");
}

function joinProblems(problems: readonly string[]): string {
  const most = 10;
  const more = problems.length - most;
  return [...problems.slice(0, most), ...(more > 0 ? [`and ${more} more`] : [])].join("\n       ");
}
