// What the heap grows by in a million calls, in octets a call. See codec-cost.test.ts.

import { dataFrameBytes, writeDataFrame } from "../../dist/core/data-codec.js";
import { FrameCodec } from "../../dist/core/frame-codec.js";
import { HeartbeatFields, writeHeartbeat } from "../../dist/core/heartbeat-codec.js";

const CALLS = 1_000_000;
const ATTEMPTS = 20;
const into = new Uint8Array(256);
const view = new DataView(into.buffer);
const codec = new FrameCodec();
const fields = Object.assign(new HeartbeatFields(), { heartbeatTimeMs: 5000 });
const data = new Uint8Array(100);

/** @param {(i: number) => void} call */
function octetsACall(call) {
  const run = () => {
    for (let i = 0; i < CALLS; i += 1) call(i);
  };
  // What is not compiled yet allocates more; on a busy machine the compiler takes its time.
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least >= 1; attempt += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    run();
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / CALLS);
  }
  return least;
}

const read = (/** @type {Uint8Array} */ octets) => () => {
  if (codec.read(octets) === "malformed") throw new Error(codec.problem);
};
const written = () => into.slice(0, writeHeartbeat(view, 0, 1, fields));

/** @type {Record<string, number>} */
const found = {};
found["write a bare heartbeat"] = octetsACall(() => void writeHeartbeat(view, 0, 1, fields));
found["read a bare heartbeat"] = octetsACall(read(written()));
found["write a heartbeat with its time"] = octetsACall((i) => {
  fields.timestamp = 4_000_000_000 + i;
  writeHeartbeat(view, 0, 1, fields);
});
found["read a heartbeat with its time"] = octetsACall(read(written()));
found["write a heartbeat with its time and an echo"] = octetsACall((i) => {
  fields.timestamp = 4_000_000_000 + i;
  fields.echo = 3_000_000_000 + i;
  fields.heldUs = 4_000_000 + i;
  writeHeartbeat(view, 0, 1, fields);
});
found["read a heartbeat with its time and an echo"] = octetsACall(read(written()));
found["write data"] = octetsACall(() => void writeDataFrame(into, 0, 1, data, true));
found["read data, but for the view"] = octetsACall(
  read(into.slice(0, dataFrameBytes(1, data.length, true))),
);
// That it would show.
let kept;
found["control"] = octetsACall((i) => {
  kept = { i };
});
if (kept === undefined) throw new Error("nothing was kept");
process.stdout.write(JSON.stringify(found));
