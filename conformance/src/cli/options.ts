/** Reads the options of the command line; what is wrong with one is said in one line. */
import { InvalidArgumentError } from "commander";
import type { Role, TransportName } from "../model.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLES: readonly Role[] = ["dial", "listen"];

/** Below this a heartbeat-time of one unit is below what the protocol allows. */
const MIN_UNIT_MS = 100;
const MAX_UNIT_MS = 10_000;
const MAX_CONCURRENCY = 256;

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
