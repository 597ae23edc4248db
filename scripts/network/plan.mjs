// What is tried, with which of the two ends configured and which of them killed.
import { FAULTS, faultOf, ROLES, TRANSPORTS } from "./faults.mjs";
import { control, detect, keepOpen, system } from "./scenarios.mjs";

/** @typedef {import("./faults.mjs").Transport} Transport */
/**
 * @typedef {object} Job
 * @property {string} name
 * @property {Transport} transport
 * @property {string} [fault]
 * @property {"control" | "detect" | "keep-open" | "system"} mode
 * @property {() => Promise<import("./scenarios.mjs").Found>} run
 */

/** Spreads what follows one another evenly over a period, however many there are. */
const GOLDEN = 0.618;

/**
 * The longest first, so that none of them is left for the end.
 *
 * @param {import("./pair.mjs").Context} context
 * @param {{ repeat: number, hangMs: number }} options `repeat`: how often each fault strikes each
 *   transport with heartbeats; `hangMs`: how long it is watched without.
 * @returns {Job[]}
 */
export function plan(context, { repeat, hangMs }) {
  return [
    ...TRANSPORTS.flatMap((transport) => withoutFault(context, transport)),
    ...TRANSPORTS.flatMap((transport) => controls(context, transport, hangMs)),
    ...Array.from({ length: repeat }).flatMap((_, turn) => detections(context, turn)),
  ];
}

/** @param {import("./pair.mjs").Context} context @param {Transport} transport @returns {Job[]} */
function withoutFault(context, transport) {
  /** @type {Job[]} */
  const kept = ROLES.map((configured) => ({
    name: `kept open, ${configured} configured`,
    transport,
    mode: "keep-open",
    run: () => keepOpen(context, { transport, configured }),
  }));
  const run = () => system(context, { transport });
  return [...kept, { name: "left to the kernel", transport, mode: "system", run }];
}

/**
 * @param {import("./pair.mjs").Context} context
 * @param {Transport} transport
 * @param {number} hangMs
 * @returns {Job[]}
 */
function controls(context, transport, hangMs) {
  return Object.keys(FAULTS).flatMap((fault) => {
    const { title, kills = false } = faultOf(fault);
    return ROLES.filter((victim) => kills || victim === "server").map((victim) => ({
      name: `without heartbeats, ${kills ? `${victim} ` : ""}${title}`,
      transport,
      fault,
      mode: /** @type {const} */ ("control"),
      run: () => control(context, { fault, transport, victim, hangMs }),
    }));
  });
}

/** @param {import("./pair.mjs").Context} context @param {number} turn @returns {Job[]} */
function detections(context, turn) {
  // Either may be configured, and either may be killed: in four turns, all that there is.
  const victim = turn % 2 === 0 ? "server" : "client";
  const configured = (turn + Math.floor(turn / 2)) % 2 === 0 ? "client" : "server";
  const phase = (turn * GOLDEN) % 1;
  return Object.keys(FAULTS).flatMap((fault) =>
    TRANSPORTS.map((transport) => ({
      name: `${configured} configured, ${faultOf(fault).title}`,
      transport,
      fault,
      mode: /** @type {const} */ ("detect"),
      run: () => detect(context, { fault, transport, victim, configured, phase }),
    })),
  );
}
