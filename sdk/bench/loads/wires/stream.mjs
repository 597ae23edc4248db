import { heartbeat, tell } from "./heartbeat.mjs";

/** Pulsewire on a stream of octets; a server that only counts octets is content with it too. @param {number} heartbeatTimeMs @returns {import("./wire.mjs").Wire} */
export function stream(heartbeatTimeMs) {
  const frame = heartbeat(heartbeatTimeMs);
  const beat = Buffer.from([frame.length, ...frame]);
  return {
    opening: beat,
    beat,
    take(octets, at, line) {
      const length = 1 + (octets[at] ?? 0); // a heartbeat is far below 128
      if (at + length > octets.length) return 0;
      tell(octets, at + 1, beat, line);
      return length;
    },
  };
}
