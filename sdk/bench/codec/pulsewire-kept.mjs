// What a connection of Pulsewire does: the heartbeat is written into a buffer of its own, because the
// transport keeps it until it is out. Reading is the same.

import { FrameCodec } from "pulsewire/core";
import { ABSENT } from "../../dist/core/heartbeat-codec.js";
import { codec as reused } from "./pulsewire.mjs";

const frames = new FrameCodec();

/** @type {import("./heartbeats.mjs").Codec} */
export const codec = {
  encode({ heartbeatTimeMs, timestamp, echo, heldUs }) {
    const { heartbeat } = frames;
    heartbeat.heartbeatTimeMs = heartbeatTimeMs;
    heartbeat.timestamp = timestamp ?? ABSENT;
    heartbeat.echo = echo ?? ABSENT;
    heartbeat.heldUs = heldUs ?? ABSENT;
    return frames.writeHeartbeat(1);
  },
  decode: reused.decode,
};
