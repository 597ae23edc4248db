/** What a program finds where it runs: a clock, a network, chance; and it can be stopped. */
import type { Network } from "../network/network.ts";
import { systemNetwork } from "../network/system.ts";
import { systemTime } from "./system.ts";
import type { Time } from "./time.ts";

export interface Machine {
  readonly time: Time;
  readonly network: Network;
  /** A number in [0, 1). */
  random(): number;
  /** Stops the program for so many milliseconds: no timer fires and nothing is read. */
  stall(ms: number): void;
}

/** This process. */
export const systemMachine: Machine = {
  time: systemTime,
  network: systemNetwork,
  random: () => Math.random(),
  stall: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
};
