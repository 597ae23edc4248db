/**
 * Pulsewire inside one process: for tests of what stands on sessions, and for
 * two parts of a program that want the same words they use between programs.
 */
import {
  createRuntime,
  type Link,
  type Runtime,
  Session,
  type SessionOptions,
} from "../driver/index.ts";
import { platformClock } from "./clock.ts";
import { type LinkPairOptions, MemoryLink, type PipeClock } from "./memory-link.ts";

export type { LinkPairOptions, PipeClock };

/** Options of {@link sessionPair}: the pipe, and what the two sessions run on. */
export interface SessionPairOptions extends LinkPairOptions {
  /** Of both sessions, and of the pipe if that has no clock of its own. */
  readonly runtime?: Runtime | undefined;
}

/** The two ends of a pipe of frames. */
export function linkPair(options: LinkPairOptions = {}): [Link, Link] {
  return MemoryLink.pair(options, options.clock ?? platformClock);
}

/**
 * Two sessions that talk to each other.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function sessionPair(
  optionsA: SessionOptions = {},
  optionsB: SessionOptions = {},
  options: SessionPairOptions = {},
): [Session, Session] {
  const runtime = options.runtime ?? createRuntime(platformClock);
  const [a, b] = linkPair({ ...options, clock: options.clock ?? runtime.clock });
  return [Session.open(a, optionsA, runtime), Session.open(b, optionsB, runtime)];
}
