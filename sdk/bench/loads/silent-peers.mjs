// Peers that beat, and then fall silent one after the other, without closing.
import { answer } from "../framework/child.mjs";
import { Crowd } from "./crowd.mjs";
import { wireOf } from "./wires/index.mjs";

const EARLY = 0.9;
/** Finer than that of an estate, so that deadlines fall everywhere. */
const TICK_MS = 10;

/** @type {Crowd | undefined} */
let crowd;

answer({
  /** @param {{ wire: import("./wires/index.mjs").WireName, port: number, count: number, overMs: number, heartbeatTimeMs: number, slackMs: number }} options */
  open({ wire, port, count, overMs, heartbeatTimeMs, slackMs }) {
    crowd = new Crowd({
      port,
      wire: wireOf(wire, heartbeatTimeMs, slackMs),
      periodMs: heartbeatTimeMs * EARLY,
      tickMs: TICK_MS,
    });
    return crowd.open(count, overMs);
  },
  /** Resolves when all are silent. @param {number} overMs */
  silence: (overMs) =>
    new Promise((resolve) => {
      const members = crowd?.members ?? [];
      const since = performance.now();
      let silent = 0;
      const timer = setInterval(() => {
        const due = (members.length * (performance.now() - since)) / overMs;
        for (; silent < Math.min(due, members.length); silent += 1) {
          const member = members[silent];
          if (member !== undefined) member.silent = true;
        }
        if (silent < members.length) return;
        clearInterval(timer);
        resolve(undefined);
      }, 1);
    }),
  /** When each last said anything, by its port. */
  said: () => new Map(crowd?.members.map(({ port, saidAt }) => [port, saidAt])),
});
