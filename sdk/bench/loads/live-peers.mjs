// Peers that live at some distance, in groups that are each at another point of their heartbeat-time.
import { answer } from "../framework/child.mjs";
import { Crowd } from "./crowd.mjs";
import { wireOf } from "./wires/index.mjs";

const EARLY = 0.9;
/** From a ping to the answer, as a network has it: a stall can begin in between. */
const ANSWER_AFTER_MS = 80;
/** The pings of one group leave one after the other. */
const GATHER_MS = 30;
/** Who has said nothing for so long has ended all peers of the group: then there is no moment to wait for. */
const UNASKED_MS = 5000;

/** @type {Crowd[]} */
const groups = [];
/** @type {(() => void) | undefined} */
let onHeard;

answer({
  /** @param {{ wire: import("./wires/index.mjs").WireName, port: number, count: number, heartbeatTimeMs: number, slackMs: number }} options */
  open({ wire, port, count, heartbeatTimeMs, slackMs }) {
    const isFirst = groups.length === 0;
    const periodMs = heartbeatTimeMs * EARLY;
    const group = new Crowd({
      port,
      wire: wireOf(wire, heartbeatTimeMs, slackMs),
      periodMs,
      tickMs: periodMs,
      answerAfterMs: ANSWER_AFTER_MS,
      onHeard: () => isFirst && onHeard?.(),
    });
    groups.push(group);
    return group.open(count, 1);
  },
  /** Resolves when the first group has been asked or told something, and before it has answered. */
  asked: () =>
    new Promise((resolve) => {
      const unasked = setTimeout(resolve, UNASKED_MS);
      onHeard = () => {
        onHeard = undefined;
        clearTimeout(unasked);
        setTimeout(resolve, GATHER_MS);
      };
    }),
  /** How many of each group were ended. */
  ended: () => groups.map(({ ended }) => ended),
});
