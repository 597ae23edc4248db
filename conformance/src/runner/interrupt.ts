/** A signal of the operating system that ends a run before it is over. */

import type { Report } from "../model.ts";

/** What a shell says of a program that a signal ended: 128 and the number of the signal. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type InterruptName = keyof typeof EXIT_CODES;

export const INTERRUPTS = Object.keys(EXIT_CODES) as readonly InterruptName[];

/** The reason of an AbortSignal that breaks a run off. */
export class Interrupt extends Error {
  override readonly name = "Interrupt";
  readonly exitCode: (typeof EXIT_CODES)[InterruptName];

  constructor(by: InterruptName) {
    super(`interrupted by ${by}`);
    this.exitCode = EXIT_CODES[by];
  }
}

/** True of a report on what was known when a run was broken off. */
export function isInterrupted({ exitCode }: Pick<Report, "exitCode">): boolean {
  return Object.values(EXIT_CODES).some((code) => code === exitCode);
}

/**
 * The promise, unless the signal comes first: then rejects with its reason. What the promise comes
 * to after that is nobody's concern.
 */
export async function orAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
