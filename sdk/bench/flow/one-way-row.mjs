import { Unavailable } from "../framework/children.mjs";
import { measureOneWay } from "./one-way.mjs";

/**
 * @typedef {object} OneWay
 * @property {string} id
 * @property {string} title
 * @property {"M/s" | "GB/s"} unit
 * @property {string} best
 * @property {string} baseline
 * @property {import("../framework/row.mjs").Target} target
 * @property {string} plot
 * @property {number} octets Of each message.
 * @property {Readonly<Record<string, readonly [module: string, variant: string]>>} contenders
 * @property {readonly string[]} [packages]
 */

/** A row about how much goes one way. @param {OneWay} facts @returns {import("../framework/row.mjs").Experiment} */
export function oneWayRow({ contenders, octets, packages = [], ...facts }) {
  const { id, unit } = facts;
  return {
    packages,
    rows: [
      { ...facts, better: "higher", ours: ["pulsewire"], contenders: Object.keys(contenders) },
    ],
    async measure({ quick, order, children, leaveOut, log }) {
      /** @type {Record<string, number[]>} */
      const samples = {};
      const times = quick ? { warmUpMs: 250, sampleMs: 400 } : { warmUpMs: 500, sampleMs: 1000 };
      for (const name of order) {
        const [module = "", variant = ""] = contenders[name] ?? [];
        try {
          const flow = { module, variant, octets, ...times };
          const { perSecond, senderNs, receiverNs } = await measureOneWay(children, flow);
          const value = unit === "M/s" ? perSecond / 1e6 : (perSecond * octets) / 1e9;
          samples[name] = [value];
          const cost = `CPU a message: sender ${senderNs.toFixed(0)} ns, receiver ${receiverNs.toFixed(0)} ns`;
          log(`${id}, ${name}: ${value.toFixed(3)} ${unit}; ${cost}`);
        } catch (error) {
          if (!(error instanceof Unavailable)) throw new Error(`${name}: ${error}`);
          leaveOut(name, error.message);
        }
      }
      return { [id]: samples };
    },
  };
}

/**
 * At least this share of what the baseline does.
 *
 * @param {number} share
 * @param {string} baseline
 * @returns {import("../framework/row.mjs").Target}
 */
export function atLeast(share, baseline) {
  return {
    text: `at least ${share.toFixed(2)} of ${baseline}`,
    limit: (medians) => share * (medians[baseline] ?? Number.NaN),
  };
}
