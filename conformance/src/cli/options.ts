/** Reads the options of the command line; what is wrong with one is said in one line. */
import { InvalidArgumentError } from "commander";
import type { EvidencePolicy } from "../evidence/save.ts";
import type { Role, TransportName } from "../model.ts";
import type { RequirementsName } from "../scoring/requirements.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLES: readonly Role[] = ["dial", "listen"];

/** Below this a heartbeat-time of one unit is below what the protocol allows. */
const MIN_UNIT_MS = 100;
const MAX_UNIT_MS = 10_000;
const MAX_CONCURRENCY = 256;
const CEILING_MS = 3_600_000;
const MAX_SECONDS = 86_400;

export function readTransport(
  value: string,
  earlier: TransportName[] | undefined,
): TransportName[] {
  return addEach(value, earlier, TRANSPORTS);
}

export function readRole(value: string, earlier: Role[] | undefined): Role[] {
  return addEach(value, earlier, ROLES);
}

export function readPattern(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), ...value.split(",").map((part) => part.trim())];
}

export function readUnit(value: string): number {
  return readNumber(value, MIN_UNIT_MS, MAX_UNIT_MS);
}

export function readConcurrency(value: string): number {
  return readNumber(value, 1, MAX_CONCURRENCY);
}

export function readEvidence(value: string): EvidencePolicy {
  return readOne(value, ["failed", "all", "none"]);
}

export function readRequirements(value: string): RequirementsName {
  return readOne(value, ["1", "latest"]);
}

function readOne<T extends string>(value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw new InvalidArgumentError(`choose from ${known.join(", ")}.`);
  return found;
}

/** A time in milliseconds: from nothing to the ceiling of the protocol. */
export function readTime(value: string): number {
  return readNumber(value, 0, CEILING_MS);
}

/** A heartbeat-time, or "none" of a passive peer. */
export function readPeerTime(value: string): number | "none" {
  return value === "none" ? value : readNumber(value, MIN_UNIT_MS, CEILING_MS);
}

export function readSeconds(value: string): number {
  return readNumber(value, 1, MAX_SECONDS);
}

function addEach<T extends string>(
  value: string,
  earlier: readonly T[] | undefined,
  known: readonly T[],
): T[] {
  const chosen = value.split(",").map((part) => {
    const name = known.find((candidate) => candidate === part.trim());
    if (name === undefined) throw new InvalidArgumentError(`choose from ${known.join(", ")}.`);
    return name;
  });
  return [...new Set([...(earlier ?? []), ...chosen])];
}

function readNumber(value: string, least: number, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`);
  return number;
}
