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
 * Every function among the options of a session or a listener.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function requireCallbacks(options: object): void {
  const { onEvent, onSession, confirmDown } = options as {
    readonly onEvent?: unknown;
    readonly onSession?: unknown;
    readonly confirmDown?: { readonly ask?: unknown } | null;
  };
  requireCallback("onEvent", onEvent);
  requireCallback("onSession", onSession);
  if (confirmDown === undefined || typeof confirmDown?.ask === "function") return;
  throw new PulsewireError(
    "PW_CONFIG",
    `confirmDown.ask must be a function; got ${confirmDown?.ask}`,
  );
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
    throwLater(error);
  }
}

/** Makes an uncaught exception of what a user's code threw. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * The configuration in what a user passed to a binding, and the proof that all
 * of it is sound: for bindings, before they open anything.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function resolveOptions(options: ConnectionConfig): ResolvedConfig {
  const config = resolveConfig(options);
  requireCallbacks(options);
  return config;
}
