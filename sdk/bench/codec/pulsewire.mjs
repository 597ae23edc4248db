// Pulsewire's own codec, as its connections use it: a heartbeat is read into fields that are used
// again, and written out of them into a buffer of its own, which is the transport's from then on.
import { FrameCodec } from "pulsewire/core";

const frames = new FrameCodec();
/** What a field says that is not there. */
const ABSENT = frames.heartbeat.timestamp;

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
  decode(octets) {
    if (frames.read(octets) !== "heartbeat") throw new Error("no heartbeat");
    return frames.heartbeat;
  },
};
