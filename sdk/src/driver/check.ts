/**
 * The checks of options that bindings share. The types say all of this too; a
 * caller in plain JavaScript, or with a configuration file, hears it from here.
 */
import { HEARTBEAT_TIME_CEILING_MS, PulsewireError } from "../core/index.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Refuses an option of the wrong kind; what is left out is right.
 *
 * @param wanted what it must be, for the message.
 * @throws PulsewireError `PW_CONFIG`.
 */
export function check(name: string, value: unknown, wanted: string, isRight: boolean): void {
  if (value === undefined || isRight) return;
  throw new PulsewireError("PW_CONFIG", `${name} must be ${wanted}; got ${kindOf(value)}`);
}

/** @throws PulsewireError `PW_CONFIG`: `options` themselves are missing, or no object. */
export function checkOptions(options: unknown): void {
  if (isObject(options)) return;
  throw new PulsewireError("PW_CONFIG", `options must be an object; got ${describeValue(options)}`);
}

/**
 * A misspelt option would be no option. The other keys are those of somebody
 * else, so only what looks like one of `known` is refused.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function refuseSlips(options: object, slip: RegExp, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!slip.test(key) || known.includes(key)) continue;
    const names = known.join(", ");
    throw new PulsewireError("PW_CONFIG", `there is no option "${key}"; there are ${names}`);
  }
}

/** @throws PulsewireError `PW_CONFIG`: also for what is left out. */
export function checkWholeNumber(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw new PulsewireError(
    "PW_CONFIG",
    `${name} must be a whole number from ${least} to ${most}; got ${describeValue(value)}`,
  );
}

/**
 * For bindings that cannot reach the socket under a connection: nobody shall
 * think that it was switched on.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function refuseOsKeepAlive(options: object, why: string): void {
  if (!("osKeepAliveMs" in options) || options.osKeepAliveMs === undefined) return;
  throw new PulsewireError("PW_CONFIG", `osKeepAliveMs is no option here: ${why}`);
}

/** What bounds an attempt to connect, on every transport. */
export interface Attempt {
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The bounds of an attempt, in what a user passed to `connect`.
 *
 * @throws PulsewireError `PW_CONFIG`, or the reason of a signal that is aborted already.
 */
export function resolveAttempt(options: {
  readonly connectTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}): Attempt {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, signal } = options;
  checkWholeNumber("connectTimeoutMs", connectTimeoutMs, 1, HEARTBEAT_TIME_CEILING_MS);
  checkSignal(signal);
  signal?.throwIfAborted();
  return { connectTimeoutMs, signal };
}

/** @throws PulsewireError `PW_CONFIG` for what can neither be listened to as an `AbortSignal` nor left out. */
export function checkSignal(signal: unknown): void {
  // By what it can do: a signal of another realm is as good.
  const isSignal = can(signal, "throwIfAborted", "addEventListener", "removeEventListener");
  check("signal", signal, "an AbortSignal, such as the signal of an AbortController", isSignal);
}

/**
 * Whether it can do all of this. Not `instanceof`: what comes from another
 * realm, or from a second copy of a package, works as well.
 */
export function can(value: unknown, ...methods: readonly string[]): boolean {
  return isObject(value) && methods.every((name) => typeof Reflect.get(value, name) === "function");
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a string that says something. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** What was given, for an error message. Only for strings that are no secret. */
export function describeValue(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : kindOf(value);
}

/** What was given, without what it holds: that may be a secret. */
function kindOf(value: unknown): string {
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
