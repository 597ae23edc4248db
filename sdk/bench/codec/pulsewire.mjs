// Pulsewire's own codec, on the terms of the hand-written one: one buffer for ever, and the same views
// of it. What a connection does besides is in pulsewire-kept.mjs.
import { FrameCodec } from "../../dist/core/frame-codec.js";
import {
  ABSENT,
  MAX_HEARTBEAT_FRAME_BYTES,
  writeHeartbeat,
} from "../../dist/core/heartbeat-codec.js";

const frames = new FrameCodec();
const { heartbeat } = frames;
const buffer = new Uint8Array(MAX_HEARTBEAT_FRAME_BYTES);
const view = new DataView(buffer.buffer);
/** By its length: a view is an allocation too. */
const views = Array.from({ length: buffer.length + 1 }, (_, length) => buffer.subarray(0, length));

/** @type {import("./heartbeats.mjs").Codec} */
export const codec = {
  encode({ heartbeatTimeMs, timestamp, echo, heldUs }) {
    heartbeat.heartbeatTimeMs = heartbeatTimeMs;
    heartbeat.timestamp = timestamp ?? ABSENT;
    heartbeat.echo = echo ?? ABSENT;
    heartbeat.heldUs = heldUs ?? ABSENT;
    return /** @type {Uint8Array} */ (views[writeHeartbeat(view, 0, 1, heartbeat)]);
  },
  decode(octets) {
    if (frames.read(octets) !== "heartbeat") throw new Error("no heartbeat");
    return heartbeat;
  },
};
