/** Reads the case files, checks them against the schema, and fills in what they leave out. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { Level, Role, TransportName } from "../model.ts";
import { expandEach } from "./each.ts";
import type { CaseSpec, CheckSpec, Family, FrameMatch, Step, Verb } from "./model.ts";

const CASES_URL = new URL("../../cases/", import.meta.url);
const SCHEMA_URL = new URL("../../schema/case.schema.json", import.meta.url);

const ALL_ROLES: readonly Role[] = ["dial", "listen"];
const ALL_TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];

/** What the testee is told unless a case says otherwise: nothing that could end a connection early. */
export const TESTEE_DEFAULTS: { readonly slack: string; readonly floor: string } = {
  slack: "50u",
  floor: "100ms",
};

/** Keys of a check that are not its kind. */
const CHECK_KEYS = new Set(["id", "level", "clauses", "conn", "kills"]);
/** Keys of a step that are not its verb. */
const STEP_KEYS = new Set(["as", "conn"]);
/** Arguments that hold a frame to match. */
const MATCH_KEYS = ["match", "has", "last"];

/** A case file that cannot be used; the message says where and why. */
export class CaseError extends Error {
  override readonly name = "CaseError";
}

/** All families, in the order of their files. */
export function loadFamilies(): Family[] {
  const ajv = new Ajv2020({ allErrors: true });
  const validate = ajv.compile<RawFamily>(JSON.parse(readFileSync(SCHEMA_URL, "utf8")));
  const directory = fileURLToPath(CASES_URL);
  const files = readdirSync(directory).filter((name) => name.endsWith(".yaml"));
  const seen = new Set<string>();
  return files.sort().map((file) => {
    const raw = writtenOut(parse(readFileSync(new URL(file, CASES_URL), "utf8")));
    if (!validate(raw)) {
      const problems = (validate.errors ?? []).map(
        (error) => `${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`,
      );
      throw new CaseError(`${file}: ${problems.join("; ")}`);
    }
    const cases = raw.cases.map((entry) => completeCase(entry, raw.family));
    for (const { id } of cases) {
      if (seen.has(id)) throw new CaseError(`${file}: ${id} stands twice`);
      seen.add(id);
    }
    return { family: raw.family, about: raw.about, cases };
  });
}

/** All cases. */
export function loadCases(): CaseSpec[] {
  return loadFamilies().flatMap((family) => family.cases);
}

/** A family with the `each` of its cases written out; what has no such shape is for the schema to refuse. */
function writtenOut(raw: unknown): unknown {
  if (!hasCases(raw)) return raw;
  const lists = (entry: unknown): unknown => {
    if (typeof entry !== "object" || entry === null) return entry;
    return Object.fromEntries(
      Object.entries(entry).map(([key, value]) => [
        key,
        Array.isArray(value) && (key === "steps" || key === "checks") ? expandEach(value) : value,
      ]),
    );
  };
  return { ...raw, cases: raw.cases.map(lists) };
}

function hasCases(raw: unknown): raw is { readonly cases: readonly unknown[] } {
  return typeof raw === "object" && raw !== null && "cases" in raw && Array.isArray(raw.cases);
}

interface RawFamily {
  readonly family: string;
  readonly about: string;
  readonly cases: readonly RawCase[];
}

interface RawCase extends Omit<Partial<CaseSpec>, "steps" | "checks"> {
  readonly id: string;
  readonly title: string;
  readonly clauses: Readonly<Record<string, string>>;
  readonly steps: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly checks: readonly Readonly<Record<string, unknown>>[];
}

function completeCase(raw: RawCase, family: string): CaseSpec {
  const level = raw.level ?? "must";
  return {
    id: raw.id,
    family,
    title: raw.title,
    ...(raw.why === undefined ? {} : { why: raw.why }),
    level,
    roles: raw.roles ?? ALL_ROLES,
    transports: raw.transports ?? ALL_TRANSPORTS,
    features: raw.features ?? [],
    process: raw.process ?? "shared",
    clauses: raw.clauses,
    testee: { ...TESTEE_DEFAULTS, ...raw.testee },
    ...(raw.forward === undefined ? {} : { forward: { ...TESTEE_DEFAULTS, ...raw.forward } }),
    steps: raw.steps.map(completeStep),
    checks: raw.checks.map((check) => completeCheck(check, raw, level)),
  };
}

/** `fence` stands for `{ fence: {} }`. */
function completeStep(raw: string | Readonly<Record<string, unknown>>): Step {
  const entry = typeof raw === "string" ? { [raw]: {} } : raw;
  const verb = Object.keys(entry).find((key) => !STEP_KEYS.has(key)) as Verb;
  return {
    verb,
    args: withMatches(entry[verb]),
    conn: (entry["conn"] as number | undefined) ?? 0,
    ...(entry["as"] === undefined ? {} : { as: entry["as"] as string }),
  } as Step;
}

function completeCheck(
  raw: Readonly<Record<string, unknown>>,
  owner: RawCase,
  level: Level,
): CheckSpec {
  const kind = Object.keys(raw).find((key) => !CHECK_KEYS.has(key));
  const clauses = (raw["clauses"] as string[] | undefined) ?? Object.keys(owner.clauses);
  const stray = clauses.find((clause) => !(clause in owner.clauses));
  if (stray !== undefined)
    throw new CaseError(`${owner.id}/${raw["id"]}: ${stray} is not quoted in the case`);
  return {
    kind,
    id: raw["id"],
    level: raw["level"] ?? level,
    clauses,
    conn: raw["conn"] ?? 0,
    kills: raw["kills"] ?? [],
    args: withMatches(raw[kind as string]),
  } as unknown as CheckSpec;
}

/** `match: heartbeat` stands for `match: { body: heartbeat }`. */
function withMatches(args: unknown): unknown {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return args;
  const out: Record<string, unknown> = { ...args };
  for (const key of MATCH_KEYS)
    if (typeof out[key] === "string") out[key] = { body: out[key] } satisfies FrameMatch | object;
  return out;
}
