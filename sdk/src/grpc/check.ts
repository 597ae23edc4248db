import { PulsewireError } from "../core/index.ts";

/**
 * Refuses an option of the wrong type, which JavaScript lets through.
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
  throw new PulsewireError("PW_CONFIG", `options must be an object; got ${kindOf(options)}`);
}

/** @throws PulsewireError `PW_CONFIG`: a value that is given and is no object. */
export function checkObject(name: string, value: unknown): void {
  check(name, value, "an object", isObject(value));
}

/**
 * Whether it can do all of this. Not `instanceof`: what comes from a second copy
 * of grpc-js works as well.
 */
export function has(value: unknown, ...methods: readonly string[]): boolean {
  return isObject(value) && methods.every((name) => typeof Reflect.get(value, name) === "function");
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Not the value itself: it may be metadata, and a secret. */
function kindOf(value: unknown): string {
  if (value === "") return "an empty string";
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
