/** peers.yaml: which peers there are, what each needs, and how it is set up, tested and started. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { type Document, isMap, isScalar, LineCounter, parseDocument } from "yaml";

const SCHEMA_URL = new URL("../../schema/peers.schema.json", import.meta.url);

/** A file of peers that cannot be used; the message says where and why. */
export class PeersError extends Error {
  override readonly name = "PeersError";
}

/** A peer that is started from its directory. */
export interface PeerProgram {
  readonly name: string;
  readonly language: string;
  /** A command that exits with 0 where the toolchain is there. */
  readonly needs?: string;
  /** Where to get it, in words. */
  readonly install?: string;
  /** Seen from the file. */
  readonly directory: string;
  readonly setup?: string;
  readonly test?: string;
  readonly check?: string;
  readonly testee: string;
}

/** A peer that comes with the suite. */
export interface BuiltinPeer {
  readonly name: string;
  readonly builtin: "sdk";
}

export type PeerEntry = PeerProgram | BuiltinPeer;

type RawEntry = Omit<BuiltinPeer, "name"> | Partial<Omit<PeerProgram, "name">>;

/** @throws {PeersError} if the text is no file of peers. */
export function parsePeers(text: string, file: string): PeerEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) throw new PeersError(`${file}: ${broken.message.split("\n")[0]}`);
  const validate = new Ajv2020({ allErrors: true }).compile<{
    readonly peers: Readonly<Record<string, RawEntry>>;
  }>(JSON.parse(readFileSync(SCHEMA_URL, "utf8")));
  const value = plainValue(document, file);
  if (!validate(value)) {
    const error = tellingOf(validate.errors ?? []);
    const path = (error?.instancePath ?? "").split("/").slice(1);
    const [, peer] = path;
    const of = peer === undefined ? "" : `${peer}: `;
    const problem = explain(error, path[2]);
    throw new PeersError(`${file}, line ${lineOf(document, lines, path)}: ${of}${problem}`);
  }
  return Object.entries(value.peers).map(([name, entry]) =>
    "builtin" in entry
      ? { name, builtin: entry.builtin }
      : ({ directory: ".", ...entry, name } as PeerProgram),
  );
}

/** What the document says; aliases have no use here. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new PeersError(`${file}: aliases have no place here`);
  }
}

/** The one that says most: the deepest, as a peer that fits neither shape is told of both. */
function tellingOf(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const depth = ({ instancePath, params }: ErrorObject): number =>
    instancePath.split("/").length + ("additionalProperty" in params ? 1 : 0);
  return errors
    .filter(({ keyword }) => keyword !== "if")
    .toSorted((a, b) => depth(b) - depth(a))[0];
}

/** The line of the nearest thing there is at a path, from 1. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    if (!isMap(parent)) continue;
    const pair = parent.items.find(
      ({ key }) => isScalar(key) && String(key.value) === path[length - 1],
    );
    if (pair !== undefined && isScalar(pair.key))
      return lines.linePos(pair.key.range?.[0] ?? 0).line;
  }
  return 1;
}

function explain(error: ErrorObject | undefined, key: string | undefined): string {
  const params = (error?.params ?? {}) as Readonly<Record<string, unknown>>;
  const what = key === undefined ? "" : `"${key}" `;
  switch (error?.keyword) {
    case "required":
      return `"${params["missingProperty"]}" is missing`;
    case "additionalProperties":
      return `there is no key "${params["additionalProperty"]}"`;
    case "const":
      return `${what}must be ${String(params["allowedValue"])}`;
    case "minProperties":
      return "at least one peer has to stand here";
    case "minLength":
      return `${what}must not be empty`;
    case "pattern":
    case "propertyNames":
      return "a name begins with a letter, and has letters, digits, - and _ after it";
    case "type":
      return `${what}must be ${params["type"] === "object" ? "a map" : `a ${params["type"]}`}`;
    default:
      return error?.message ?? "is not valid";
  }
}
