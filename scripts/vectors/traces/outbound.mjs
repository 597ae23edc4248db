// A transport that takes nothing: [PW-OUT-1] to [PW-OUT-3]. The peer need not beat, so that nothing else ends the connection.
import { send, trace } from "../script.mjs";

const NEEDS = /** @type {import("../../../conformance/src/vectors/model.ts").Need[]} */ ([
  "optional_peers",
  "outbound",
]);
/** May end after 1400, must end by 2800. */
const CONFIG = {
  heartbeat_time_ms: 1000,
  slack_ms: 400,
  peer_heartbeats: /** @type {const} */ ("optional"),
};
/** @satisfies {import("../script.mjs").ScriptInput} */
const BLOCK = { in: /** @type {const} */ ("block") };
const PROGRESS = { in: /** @type {const} */ ("progress") };
const UNBLOCK = { in: /** @type {const} */ ("unblock") };

export const OUTBOUND = [
  trace(
    "outbound-blocked",
    "a transport that takes nothing while a beat waits ends the connection",
    "OUT-1 OUT-3",
    {
      needs: NEEDS,
      config: CONFIG,
      inputs: [[100, BLOCK]],
      until: 30_000,
    },
  ),
  trace(
    "outbound-blocked-with-data",
    "data that waits beside the beat changes nothing",
    "OUT-1 OUT-3",
    {
      needs: NEEDS,
      config: CONFIG,
      inputs: [
        [100, BLOCK],
        [200, send("one")],
      ],
      until: 30_000,
    },
  ),
  trace("outbound-progress", "each octet that it takes starts the time anew", "OUT-2 OUT-3", {
    needs: NEEDS,
    config: CONFIG,
    inputs: [
      [100, BLOCK],
      [1300, PROGRESS],
      [2600, PROGRESS],
      [3900, PROGRESS],
    ],
    until: 30_000,
  }),
  trace("outbound-unblocked", "once it takes the beat, all is well", "OUT-2 SND-8", {
    needs: NEEDS,
    config: CONFIG,
    inputs: [
      [100, BLOCK],
      [1300, UNBLOCK],
    ],
    until: 2000,
  }),
  trace(
    "outbound-blocked-later",
    "it counts from what it last took, and not from the opening",
    "OUT-1 OUT-3",
    {
      needs: NEEDS,
      config: CONFIG,
      inputs: [
        [700, send("one")],
        [1400, send("two")],
        [1410, BLOCK],
      ],
      until: 30_000,
    },
  ),
  trace("outbound-data-alone", "data that waits where no beat does ends nothing", "OUT-1 LIV-10", {
    needs: ["outbound"],
    config: { slack_ms: 400 },
    inputs: [
      [100, BLOCK],
      [200, send("hello")],
      [500_000, UNBLOCK],
    ],
    until: 600_000,
  }),
];
