// What protobufjs makes of proto/, as it is generated for the SDK.
import { pulsewire } from "../../src/gen/frame.js";

const { Frame } = pulsewire.v1;

/** @type {import("./heartbeats.mjs").Codec} */
export const codec = {
  encode: (heartbeat) => Frame.encode({ version: 1, heartbeat }).finish(),
  decode: (octets) =>
    /** @type {import("./heartbeats.mjs").Beat} */ (Frame.decode(octets).heartbeat),
};
