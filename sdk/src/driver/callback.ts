import { PulsewireError } from "../core/index.ts";

/** @throws PulsewireError `PW_CONFIG` for what can neither be called nor left out. */
export function requireCallback(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new PulsewireError("PW_CONFIG", `${name} must be a function; got ${value}`);
}

/**
 * Calls what the user passed. If that throws it is an uncaught exception, the
 * same on every transport, because it is a defect of the user's; but nothing of
 * ours is left half done by it.
 */
export function callUser(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
