/**
 * A trace as a file: a line that says what it is, and then one event a line.
 *
 * Lines, because they can be read as they are, searched and compared, and
 * because one sees where a file was cut.
 */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { CaseResult, Report, Role, Trace, TraceEvent, TransportName } from "../model.ts";

const REPORT_SCHEMA_URL = new URL("../../schema/report.schema.json", import.meta.url);
const HEADER_SCHEMA_URL = new URL("../../schema/trace.schema.json", import.meta.url);

const FORMAT = "pulsewire conformance trace";
/** Changes only when a reader could break. */
const SCHEMA = 1;

/** What is kept of one trace, in characters: forty times what the longest case needs. */
export const TRACE_LIMIT: number = 8 * 1024 * 1024;

/** The first line. */
export interface TraceHeader {
  readonly format: typeof FORMAT;
  readonly schema: typeof SCHEMA;
  readonly caseId: string;
  readonly transport: TransportName;
  readonly role: Role;
  readonly unitMs: number;
  readonly suiteVersion: string;
  /** The catalogue that judged it: see cases/hash.ts. */
  readonly catalogue: string;
  /** How many events there were. */
  readonly events: number;
  /** How many of them follow; fewer only if the file would have been too long. */
  readonly kept: number;
}

/** Saved evidence that cannot be used; the message says which file, where, and why. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
}

/** The whole file. */
export function formatTrace(
  trace: Trace,
  made: Pick<TraceHeader, "suiteVersion" | "catalogue">,
): string {
  const lines: string[] = [];
  let length = 0;
  for (const event of trace.events) {
    const line = JSON.stringify(event);
    length += line.length + 1;
    if (length > TRACE_LIMIT) break;
    lines.push(line);
  }
  const header: TraceHeader = {
    format: FORMAT,
    schema: SCHEMA,
    caseId: trace.caseId,
    transport: trace.transport,
    role: trace.role,
    unitMs: trace.unitMs,
    ...made,
    events: trace.events.length,
    kept: lines.length,
  };
  return `${[JSON.stringify(header), ...lines].join("\n")}\n`;
}

/** Reads what was saved, and believes none of it. */
export class EvidenceReader {
  readonly #header: ValidateFunction<TraceHeader>;
  readonly #event: ValidateFunction<TraceEvent>;
  readonly #result: ValidateFunction<CaseResult>;
  readonly #report: ValidateFunction<Report>;

  constructor() {
    const ajv = new Ajv2020({ strictRequired: false });
    ajv.addSchema(JSON.parse(readFileSync(REPORT_SCHEMA_URL, "utf8")), "report");
    this.#header = ajv.compile<TraceHeader>(JSON.parse(readFileSync(HEADER_SCHEMA_URL, "utf8")));
    this.#event = ajv.getSchema("report#/$defs/event") as ValidateFunction<TraceEvent>;
    this.#result = ajv.getSchema("report#/$defs/result") as ValidateFunction<CaseResult>;
    this.#report = ajv.getSchema("report") as ValidateFunction<Report>;
  }

  /** What verdict.json holds: a result without its trace, which is beside it. */
  verdict(text: string, file: string, trace: Trace): Omit<CaseResult, "trace" | "stderr"> {
    const { schema, ...verdict } = parseObject(text, file);
    mustBeOurs(schema, file);
    const whole = { ...verdict, trace: { ...trace, events: [] }, stderr: "" };
    if (!this.#result(whole)) throw new EvidenceError(problem(this.#result, file));
    const { caseId, transport, role } = whole;
    if (caseId !== trace.caseId || transport !== trace.transport || role !== trace.role)
      throw new EvidenceError(`${file} does not belong to the trace beside it`);
    const { trace: _, stderr: __, ...rest } = whole;
    return rest;
  }

  /** What run.json holds: a report without its results. */
  run(text: string, file: string): Omit<Report, "results" | "clauses"> {
    const run = parseObject(text, file);
    mustBeOurs(run["schema"], file);
    const whole = { ...run, clauses: [], results: [] };
    if (!this.#report(whole)) throw new EvidenceError(problem(this.#report, file));
    const { results: _, clauses: __, ...rest } = whole;
    return rest;
  }

  /** @throws {EvidenceError} if the text is no whole trace of a schema that is known. */
  trace(text: string, file: string): { readonly header: TraceHeader; readonly trace: Trace } {
    const lines = text.split("\n");
    // A line that has no end was cut in the middle.
    const rest = lines.pop();
    if (rest !== "") throw new EvidenceError(`${file} is cut off in line ${lines.length + 1}`);
    const [first = "", ...others] = lines;
    const header = parseLine(first, file, 1);
    if (!isOurs(header)) throw new EvidenceError(`${file} is no trace of this suite`);
    mustBeOurs(header["schema"], file);
    if (!this.#header(header)) throw new EvidenceError(problem(this.#header, file, 1));
    if (header.kept < header.events)
      throw new EvidenceError(
        `${file} holds ${header.kept} of ${header.events} events, as it was too long to be kept: it cannot be judged`,
      );
    if (others.length !== header.kept)
      throw new EvidenceError(
        `${file} has ${others.length} events and not ${header.kept}: a part of it is missing or was added`,
      );
    const events = others.map((line, index) => {
      const event = parseLine(line, file, index + 2);
      if (!this.#event(event)) throw new EvidenceError(problem(this.#event, file, index + 2));
      return event;
    });
    const { caseId, transport, role, unitMs } = header;
    return { header, trace: { caseId, transport, role, unitMs, events } };
  }
}

function isOurs(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && "format" in value && value.format === FORMAT
  );
}

function mustBeOurs(schema: unknown, file: string): void {
  if (schema !== SCHEMA)
    throw new EvidenceError(
      `${file} has schema ${JSON.stringify(schema)}, and this version of the suite reads ${SCHEMA}`,
    );
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new EvidenceError(`${file} is not JSON`);
  }
  if (typeof value !== "object" || value === null)
    throw new EvidenceError(`${file} holds no object`);
  return value as Record<string, unknown>;
}

function parseLine(line: string, file: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new EvidenceError(`${file}, line ${number}: not JSON`);
  }
}

function problem(validate: ValidateFunction, file: string, line?: number): string {
  const found = validate.errors?.[0];
  const place = line === undefined ? file : `${file}, line ${line}`;
  const where = found?.instancePath ? `${found.instancePath} ` : "";
  return `${place}: ${where}${found?.message ?? "is not valid"}`;
}
