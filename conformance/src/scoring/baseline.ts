/** A baseline: a file that says what is known to fail, since when somebody knows, and until when that will do. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type Document, isMap, isSeq, LineCounter, parseDocument, type YAMLMap } from "yaml";
import type { Expectation, Role, TransportName } from "../model.ts";

const SCHEMA_URL = new URL("../../schema/baseline.schema.json", import.meta.url);

/** A baseline that cannot be used; the message says where and why. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
}

export interface BaselineEntry {
  readonly case: string;
  readonly transport?: TransportName;
  readonly role?: Role;
  readonly status: Expectation["status"];
  readonly match?: string;
  readonly issue: string;
  readonly expires: string;
  /** The line it begins in, from 1. */
  readonly line: number;
}

export interface Baseline {
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
}

/** A baseline, and the file it stands in, to be written again with its comments. */
export interface BaselineDocument extends Baseline {
  readonly document: Document;
}

/** What a file without any entry looks like. */
export const EMPTY_BASELINE = `# What is known to fail, and where it is being mended: see docs/conformance.md.
baseline: 1
expected: []
`;

/** @throws {BaselineError} if the text is no baseline. */
export function parseBaseline(text: string, file: string): BaselineDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) throw new BaselineError(`${file}: ${broken.message.split("\n")[0]}`);
  const lineOf = (node: unknown): number =>
    lines.linePos((isMap(node) || isSeq(node) ? node.range?.[0] : undefined) ?? 0).line;

  const value = plainValue(document, file);
  const validate = new Ajv2020({ allErrors: true }).compile<{
    readonly expected: readonly Omit<BaselineEntry, "line">[];
  }>(JSON.parse(readFileSync(SCHEMA_URL, "utf8")));
  if (!validate(value)) {
    const [first] = validate.errors ?? [];
    const where = first?.instancePath ?? "";
    const index = /^\/expected\/(\d+)/.exec(where)?.[1];
    const node = index === undefined ? document.contents : entryNode(document, Number(index));
    const name = where.replace(/^\/expected\/\d+\/?/, "").replace(/^\//, "");
    const entry = isMap(node) ? node.get("case") : undefined;
    const of = typeof entry === "string" ? `${entry}: ` : "";
    const problem = `${name === "" ? "" : `"${name}" `}${explain(first, name)}`;
    throw new BaselineError(`${file}, line ${lineOf(node)}: ${of}${problem}`);
  }
  const entries = value.expected.map((entry, index) => ({
    ...entry,
    line: lineOf(entryNode(document, index)),
  }));
  for (const { expires, line } of entries)
    if (new Date(`${expires}T00:00:00Z`).toISOString().slice(0, 10) !== expires)
      throw new BaselineError(`${file}, line ${line}: there is no day ${expires}`);
  return { file, entries, document };
}

/** What the document says; aliases have no use here. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new BaselineError(
      `${file}: quote a pattern that begins with "*": for YAML it is an alias, and a baseline has none`,
    );
  }
}

/** The map that is one entry. */
export function entryNode(document: Document, index: number): YAMLMap | undefined {
  const node = document.getIn(["expected", index]);
  return isMap(node) ? node : undefined;
}

/** What a value with a pattern has to be. */
const SHAPES: Readonly<Record<string, string>> = {
  case: 'a case, a check of it or a pattern, such as ADP-001, ADP-001/announces or "ADP-*"',
  issue: "an address such as https://example.org/issues/7",
  expires: "a day such as 2027-01-31",
};

function explain(
  error: { keyword: string; message?: string; params: object } | undefined,
  name: string,
): string {
  const params = (error?.params ?? {}) as Readonly<Record<string, unknown>>;
  switch (error?.keyword) {
    case "required":
      return `"${params["missingProperty"]}" is missing: an entry says where it is being mended, and until when it holds`;
    case "additionalProperties":
      return `there is no key "${params["additionalProperty"]}"`;
    case "enum":
      return `must be one of ${(params["allowedValues"] as string[]).join(", ")}`;
    case "pattern":
      return `must be ${SHAPES[name] ?? `like ${params["pattern"]}`}`;
    case "type":
      return `must be ${params["type"]}; see "What is known to fail" in docs/conformance.md`;
    default:
      return error?.message ?? "is not valid";
  }
}
