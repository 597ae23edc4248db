// Pulsewire's own codec, as its core exports it.
import { decodeFrame, encodeFrame } from "pulsewire/core";

/** @type {import("./heartbeats.mjs").Codec} */
export const codec = {
  encode: (heartbeat) => encodeFrame({ version: 1, body: "heartbeat", heartbeat }),
  decode(octets) {
    const frame = decodeFrame(octets);
    if (typeof frame === "string" || frame.body !== "heartbeat") throw new Error("no heartbeat");
    return /** @type {import("./heartbeats.mjs").Beat} */ (frame.heartbeat);
  },
};
