import { PulsewireError } from "../core/index.ts";
import { describeValue, isText } from "../driver/index.ts";

/** @throws PulsewireError `PW_CONFIG`. */
export function checkHost(host: unknown): void {
  // For Node the empty name is every interface there is, and nobody says that by accident.
  if (isText(host)) return;
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
