// A peer of another version: section 10 of the protocol. This side speaks version 1 alone.
import { hb, receive, receiveOctets, trace } from "../script.mjs";

const PASSIVE = { slack_ms: 60_000, floor_ms: 1000 };

export const VERSIONS = [
  trace(
    "version-above",
    "a higher version, and no word of a lower one: there is none in common",
    "VER-5 VER-6",
    {
      config: PASSIVE,
      inputs: [
        [100, receive({ ...hb(5000), version: 2 })],
        [110, receive(hb(5000))],
      ],
      until: 60_000,
    },
  ),
  trace("version-above-configured", "a configured side finds the same", "VER-5 SND-1", {
    config: { ...PASSIVE, heartbeat_time_ms: 5000 },
    inputs: [[100, receive({ ...hb(5000), version: 2 })]],
    until: 60_000,
  }),
  trace(
    "version-above-down-to-ours",
    "a higher version that names ours as its lowest is read as ours",
    "VER-6 VER-4",
    {
      config: PASSIVE,
      inputs: [
        [100, receive({ ...hb(5000, { lowest_version: 1 }), version: 2 })],
        [200, receive({ version: 2, data_hex: "01" })],
        [300, receive({ ...hb(4000), version: 2 })],
        [400, receive({ version: 1, data_hex: "02" })],
      ],
      until: 3000,
    },
  ),
  trace("version-far-above-down-to-ours", "however high it is", "VER-6", {
    config: PASSIVE,
    inputs: [[100, receive({ ...hb(5000, { lowest_version: 1 }), version: 4_294_967_295 })]],
    until: 3000,
  }),
  trace("version-lowest-above", "a lowest version above ours is none in common", "VER-5", {
    config: PASSIVE,
    inputs: [[100, receive({ ...hb(5000, { lowest_version: 2 }), version: 3 })]],
    until: 60_000,
  }),
  trace("version-lowest-zero", "a lowest version of 0 is read as absent", "VER-2 VER-5", {
    config: PASSIVE,
    inputs: [[100, receive({ ...hb(5000, { lowest_version: 0 }), version: 2 })]],
    until: 60_000,
  }),
  trace("version-of-data-above", "data of a higher version before any heartbeat", "VER-6 VER-5", {
    config: PASSIVE,
    inputs: [[100, receive({ version: 2, data_hex: "01" })]],
    until: 60_000,
  }),
  trace(
    "version-of-unknown-body-above",
    "a body that nobody knows, of a higher version",
    "VER-6 VER-5",
    {
      config: PASSIVE,
      inputs: [[100, receiveOctets("080232020801")]],
      until: 60_000,
    },
  ),
  trace("version-of-close-above", "a Close is read whatever its version", "VER-6 CLS-3", {
    config: PASSIVE,
    inputs: [[100, receive({ version: 9, close: { code: 2 } })]],
    until: 60_000,
  }),
  trace(
    "version-lowest-of-ours",
    "a lowest version beside version 1 changes nothing",
    "VER-2 VER-4",
    {
      config: PASSIVE,
      inputs: [[100, receive(hb(5000, { lowest_version: 1 }))]],
      until: 3000,
    },
  ),
];
