import { PulsewireError } from "../core/index.ts";

/**
 * The types say all of this too; a caller in plain JavaScript, or with a
 * configuration file, hears it from here.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function checkOptions(options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw new PulsewireError("PW_CONFIG", `options must be an object; got ${describeValue(options)}`);
}

/** @throws PulsewireError `PW_CONFIG`. */
export function checkPort(port: unknown): void {
  if (typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new PulsewireError(
    "PW_CONFIG",
    `port must be a whole number from 0 to 65535; got ${describeValue(port)}`,
  );
}

/** @throws PulsewireError `PW_CONFIG`. */
export function checkHost(host: unknown): void {
  // For Node the empty name is every interface there is, and nobody says that by accident.
  if (typeof host === "string" && host !== "") return;
  throw new PulsewireError(
    "PW_CONFIG",
    `host must be a name or an IP address; got ${describeValue(host)}`,
  );
}

/** @throws PulsewireError `PW_CONFIG`. */
export function checkPath(path: unknown): void {
  if (typeof path === "string" && path.startsWith("/")) return;
  throw new PulsewireError("PW_CONFIG", `path must begin with "/"; got ${describeValue(path)}`);
}

/** @throws PulsewireError `PW_CONFIG`. */
export function checkStrings(name: string, example: string, value: unknown): void {
  // A string is no list of one: it would be searched, or taken apart, letter by letter.
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return;
  throw new PulsewireError(
    "PW_CONFIG",
    `${name} must be an array of strings, such as ["${example}"]; got ${describeValue(value)}`,
  );
}

/** @throws PulsewireError `PW_CONFIG`. */
export function checkSignal(signal: unknown): void {
  // By what it can do: one of another realm is as good.
  const { throwIfAborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof throwIfAborted === "function" && typeof addEventListener === "function") return;
  throw new PulsewireError(
    "PW_CONFIG",
    `signal must be an AbortSignal, such as the signal of an AbortController; got ${describeValue(signal)}`,
  );
}

/** What was given, for an error message; nothing it holds is called. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
