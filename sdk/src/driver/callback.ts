import {
  type ConnectionConfig,
  PulsewireError,
  type ResolvedConfig,
  resolveConfig,
} from "../core/index.ts";

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

/**
 * The configuration in what a user passed to a binding, and the proof that all
 * of it is sound: for bindings, before they open anything.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function resolveOptions(options: ConnectionConfig): ResolvedConfig {
  const config = resolveConfig(options);
  const { onEvent, onSession } = options as { onEvent?: unknown; onSession?: unknown };
  requireCallback("onEvent", onEvent);
  requireCallback("onSession", onSession);
  return config;
}
