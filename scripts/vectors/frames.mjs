// The golden frames: what conformance/vectors/frames.json is made of. `writes` is a frame, and its
// octets follow from it; the others are octets that an encoder need not write or must not.

/**
 * @import { CloseJson, FrameJson, HeartbeatJson } from "../../conformance/src/vectors/model.ts"
 * @typedef {{ name: string, clauses: string[] } & (
 *   | { kind: "writes", frame: FrameJson }
 *   | { kind: "reads" | "malformed", hex: string }
 *   | { kind: "either", hex: string, frame: FrameJson, note: string }
 *   | { kind: "truncated" }
 * )} FrameScript
 */

const UINT32_MAX = 2 ** 32 - 1;
const INT32_MAX = 2 ** 31 - 1;
const CEILING_MS = 3_600_000;

const V1 = "0801";
const BEAT = "088827"; // heartbeat_time_ms 5000
const EVERY_FIELD = {
  heartbeat_time_ms: 5000,
  reply_requested: true,
  timestamp: 0x01020304,
  echo: 0x05060708,
  held_us: 250_000,
  lowest_version: 1,
};

const EVERY_CLOSE_FIELD = { code: 5, reason: "too old", retry_after_ms: 1000, lowest_version: 2 };

const NOT_UTF8 = "a reason that is not UTF-8 may make the Close malformed";
const OTHER_WIRE_TYPE =
  "protobuf runtimes differ: most take a known field of another wire type for an unknown one, some refuse it";

/** @type {readonly FrameScript[]} */
export const FRAMES = [
  // Every field and every body.
  writes("heartbeat", "HBT-1", beat({ heartbeat_time_ms: 5000 })),
  writes("heartbeat-passive", "HBT-1 PRB-2", beat({})),
  writes("heartbeat-probe", "PRB-1", beat({ heartbeat_time_ms: 5000, reply_requested: true })),
  writes("heartbeat-passive-probe", "SND-9", beat({ reply_requested: true })),
  writes("heartbeat-time-0", "HBT-3", beat({ heartbeat_time_ms: 0 })),
  writes("heartbeat-time-1", "ADP-2", beat({ heartbeat_time_ms: 1 })),
  writes("heartbeat-time-least", "HBT-4", beat({ heartbeat_time_ms: 100 })),
  writes("heartbeat-time-127", "HBT-1", beat({ heartbeat_time_ms: 127 })),
  writes("heartbeat-time-128", "HBT-1", beat({ heartbeat_time_ms: 128 })),
  writes("heartbeat-time-ceiling", "HBT-2", beat({ heartbeat_time_ms: CEILING_MS })),
  writes("heartbeat-time-above-ceiling", "HBT-3", beat({ heartbeat_time_ms: CEILING_MS + 1 })),
  writes("heartbeat-time-above-int32", "HBT-3", beat({ heartbeat_time_ms: INT32_MAX + 1 })),
  writes("heartbeat-time-greatest", "HBT-3", beat({ heartbeat_time_ms: UINT32_MAX })),
  writes("heartbeat-timestamp", "RTT-1", beat({ heartbeat_time_ms: 5000, timestamp: 0x12345678 })),
  writes("heartbeat-timestamp-0", "RTT-1", beat({ heartbeat_time_ms: 5000, timestamp: 0 })),
  writes("heartbeat-echo", "RTT-2", beat({ timestamp: 1, echo: 2, held_us: 3 })),
  writes("heartbeat-echo-0", "RTT-2", beat({ timestamp: 0, echo: 0, held_us: 0 })),
  writes(
    "heartbeat-echo-greatest",
    "RTT-2",
    beat({ timestamp: UINT32_MAX, echo: UINT32_MAX, held_us: UINT32_MAX }),
  ),
  writes("heartbeat-lowest-version", "VER-2", beat({ lowest_version: 1 }, 3)),
  writes("heartbeat-lowest-version-0", "VER-2", beat({ lowest_version: 0 }, 2)),
  writes("heartbeat-every-field", "HBT-1 PRB-1 RTT-2 VER-2", beat(EVERY_FIELD, 2)),
  writes("data", "DAT-1", { version: 1, data_hex: "68656c6c6f" }),
  writes("data-empty", "DAT-1", { version: 1, data_hex: "" }),
  writes("data-any-octets", "DAT-1", { version: 1, data_hex: "00ff7f80c328" }),
  writes("data-200-octets", "DAT-1", { version: 1, data_hex: "2e".repeat(200) }),
  writes("close-normal", "CLS-10", close({ code: 1 })),
  writes("close-going-away", "CLS-11", close({ code: 2 })),
  writes("close-heartbeat-timeout", "LIV-6", close({ code: 3 })),
  writes("close-protocol-error", "FRM-3", close({ code: 4 })),
  writes("close-unsupported-version", "VER-5", close({ code: 5, lowest_version: 1 })),
  writes("close-frame-too-large", "LIM-1", close({ code: 6 })),
  writes("close-message-too-large", "LIM-2", close({ code: 7 })),
  writes("close-too-many-heartbeats", "LIM-3", close({ code: 8 })),
  writes("close-first-frame-timeout", "LIM-4", close({ code: 9 })),
  writes("close-unread-limit", "LIM-5", close({ code: 10 })),
  writes("close-outbound-blocked", "OUT-1", close({ code: 11 })),
  writes("close-upstream-lost", "GWY-4", close({ code: 12 })),
  writes("close-internal-error", "CLS-12", close({ code: 13 })),
  writes("close-empty", "CLS-5", close({})),
  writes("close-code-14", "CLS-5", close({ code: 14 })),
  writes("close-code-greatest", "CLS-5", close({ code: INT32_MAX })),
  writes("close-code-negative", "CLS-5", close({ code: -1 })),
  writes("close-reason", "CLS-6", close({ code: 2, reason: "maintenance" })),
  writes("close-reason-utf8", "CLS-6", close({ code: 1, reason: "schließt ✓ 💓" })),
  writes("close-reason-512-octets", "CLS-6", close({ code: 1, reason: "x".repeat(512) })),
  writes("close-retry-after", "CLS-7", close({ code: 2, retry_after_ms: 30_000 })),
  writes("close-retry-after-0", "CLS-7", close({ code: 2, retry_after_ms: 0 })),
  writes("close-retry-after-greatest", "CLS-7", close({ code: 2, retry_after_ms: UINT32_MAX })),
  writes("close-every-field", "CLS-1 CLS-6 CLS-7 VER-5", close(EVERY_CLOSE_FIELD, 3)),
  writes("version-127", "FRM-2", { version: 127, data_hex: "01" }),
  writes("version-128", "FRM-2", { version: 128, data_hex: "01" }),
  writes("version-greatest", "FRM-2", { version: UINT32_MAX, data_hex: "01" }),
  writes("body-none", "FRM-4", { version: 1 }),

  // The same in other octets: what is valid is protobuf's to say.
  reads("data-more", "DAT-2", `${V1}${nested(3, "0102")}2801`),
  reads("data-more-empty", "DAT-2", `${V1}${nested(3, "")}2801`),
  reads("order-more-before-data", "FRM-3 DAT-2", `${V1}2801${nested(3, "0102")}`),
  reads("order-body-first", "FRM-3", nested(2, BEAT) + V1),
  reads("order-more-first", "FRM-3 DAT-2", `2801${nested(3, "0102")}${V1}`),
  reads("order-within-heartbeat", "FRM-3", V1 + nested(2, `3001287b1001${BEAT}`)),
  reads("order-within-close", "FRM-3", V1 + nested(4, `18e807${nested(2, "6279")}0802`)),
  reads("zero-more-written", "FRM-3 DAT-2", `${V1}${nested(3, "01")}2800`),
  reads("zero-reply-requested-written", "FRM-3", V1 + nested(2, `${BEAT}1000`)),
  reads("zero-code-written", "FRM-3 CLS-5", V1 + nested(4, "08001200")),
  reads("bool-of-2", "FRM-3", V1 + nested(2, `${BEAT}1002`)),
  reads("varint-padded-version", "FRM-3", `088100${nested(3, "01")}`),
  reads("varint-padded-to-ten-octets", "FRM-3", `0881808080808080808000${nested(3, "01")}`),
  reads("varint-padded-heartbeat-time", "FRM-3", V1 + nested(2, "0888a78000")),
  reads("varint-padded-length", "FRM-3", `${V1}128300${BEAT}`),
  reads("varint-above-32-bits", "FRM-3", V1 + nested(2, "0888a7808010")),
  reads("bool-above-32-bits", "FRM-3", V1 + nested(2, `${BEAT}108080808010`)),
  reads("twice-version", "FRM-3", `0802${V1}${nested(3, "01")}`),
  reads("twice-heartbeat-time", "FRM-3", V1 + nested(2, `08e807${BEAT}`)),
  reads("twice-data", "FRM-3", V1 + nested(3, "0102") + nested(3, "03")),
  reads("twice-reason", "FRM-3", V1 + nested(4, `0801${nested(2, "6161")}${nested(2, "62")}`)),
  reads("twice-heartbeat", "FRM-3", V1 + nested(2, BEAT) + nested(2, "1001")),
  reads("twice-close", "FRM-3", V1 + nested(4, "0802") + nested(4, nested(2, "6279"))),
  reads("two-bodies-data-last", "FRM-3", V1 + nested(2, BEAT) + nested(3, "01")),
  reads("two-bodies-heartbeat-last", "FRM-3", V1 + nested(3, "01") + nested(2, BEAT)),
  reads("two-bodies-close-last", "FRM-3", V1 + nested(2, BEAT) + nested(4, "0801")),
  reads("more-without-data", "FRM-4 DAT-2", `${V1}2801`),
  reads("more-beside-heartbeat", "DAT-2", `${V1}${nested(2, BEAT)}2801`),
  reads("close-reason-600-octets", "CLS-6", V1 + nested(4, `0801${nested(2, "78".repeat(600))}`)),

  // What a later version may add.
  reads("unknown-varint", "FRM-4", `${V1}${nested(2, BEAT)}7801`),
  reads("unknown-varint-of-ten-octets", "FRM-4", `${V1}${nested(2, BEAT)}78${"ff".repeat(9)}01`),
  reads("unknown-fixed64", "FRM-4", `${V1}${nested(2, BEAT)}790102030405060708`),
  reads("unknown-octets", "FRM-4", V1 + nested(2, BEAT) + nested(15, "ffff")),
  reads("unknown-fixed32", "FRM-4", `${V1}${nested(2, BEAT)}7d01020304`),
  reads("unknown-group", "FRM-4", `${V1}7b08017c${nested(2, BEAT)}`),
  reads("unknown-group-in-group", "FRM-4", `${V1}${nested(2, BEAT)}7b7308017408017c`),
  reads("unknown-group-in-heartbeat", "FRM-4", V1 + nested(2, `7b7c${BEAT}`)),
  reads("unknown-between", "FRM-4", `7801${V1}7d01020304${nested(2, BEAT)}`),
  reads("unknown-greatest-number", "FRM-4", `${V1}${nested(2, BEAT)}f8ffffff0f01`),
  reads(
    "unknown-in-heartbeat",
    "FRM-4",
    V1 + nested(2, `7801${BEAT}${nested(15, "ff")}7d01020304`),
  ),
  reads("unknown-in-close", "FRM-4", V1 + nested(4, `08027801${nested(2, "6279")}`)),
  reads("unknown-body", "FRM-4", V1 + nested(6, "0801")),
  reads("unknown-body-far", "FRM-4", V1 + nested(100, "0102")),
  reads("unknown-body-beside-data", "FRM-4", V1 + nested(6, "0801") + nested(3, "01")),

  // Malformed.
  malformed("empty", "FRM-3", ""),
  malformed("version-0", "FRM-2 FRM-3", `0800${nested(3, "01")}`),
  malformed("version-0-last", "FRM-2 FRM-3", `${V1}${nested(3, "01")}0800`),
  malformed("version-absent", "FRM-2 FRM-3", nested(2, BEAT)),
  malformed("version-absent-close", "FRM-2 FRM-3", nested(4, "0801")),
  malformed("version-absent-unknown-field", "FRM-2 FRM-3", "7801"),
  malformed("version-as-octets", "FRM-2 FRM-3", nested(1, "01") + nested(3, "01")),
  malformed("version-as-fixed32", "FRM-2 FRM-3", `0d01000000${nested(3, "01")}`),
  malformed("field-number-0", "FRM-3", `${V1}0000`),
  malformed("field-number-0-octets", "FRM-3", `${V1}0200`),
  malformed("wire-type-6", "FRM-3", `${V1}7e`),
  malformed("wire-type-7", "FRM-3", `${V1}7f`),
  malformed("wire-type-7-in-heartbeat", "FRM-3", V1 + nested(2, `${BEAT}7f`)),
  malformed("group-not-closed", "FRM-3", `${V1}7b`),
  malformed("group-not-opened", "FRM-3", `${V1}7c`),
  malformed("group-closed-by-another", "FRM-3", `${V1}7b74`),
  malformed("unknown-varint-of-eleven-octets", "FRM-3", `${V1}78${"80".repeat(10)}01`),
  malformed("varint-of-eleven-octets", "FRM-3", `08${"80".repeat(10)}01`),
  malformed("length-beyond-end", "FRM-3", `${V1}1a0500`),
  malformed("length-beyond-end-by-one", "FRM-3", `${V1}1204${BEAT}`),
  malformed("length-greatest", "FRM-3", `${V1}1affffffff0f01`),
  malformed("length-of-unknown-beyond-end", "FRM-3", `${V1}7a0501`),
  malformed("heartbeat-ends-in-a-varint", "FRM-3", `${V1}${nested(2, "0888")}2801`),
  malformed("heartbeat-ends-in-a-fixed32", "FRM-3", `${V1}${nested(2, "1d010203")}2801`),
  malformed("close-reason-beyond-close", "FRM-3", `${V1}${nested(4, "08011201")}2801`),
  malformed("trailing-octet-0", "FRM-3", `${V1}${nested(2, BEAT)}00`),
  malformed("trailing-octet-ff", "FRM-3", `${V1}${nested(2, BEAT)}ff`),
  malformed("trailing-tag", "FRM-3", `${V1}${nested(2, BEAT)}28`),
  malformed("noise", "FRM-3", "fffefdfcfbfa"),
  malformed("text", "FRM-3", "474554202f20485454502f312e31"), // GET / HTTP/1.1
  truncated("heartbeat-every-field"),
  truncated("data-more"),
  truncated("close-every-field"),

  // Where conforming implementations differ.
  either("reason-not-utf8", "CLS-6", nested(4, `0801${nested(2, "c328")}`), close({ code: 1 })),
  either("reason-cut-utf8", "CLS-6", nested(4, `0801${nested(2, "61e282")}`), close({ code: 1 })),
  either("reason-surrogate", "CLS-6", nested(4, `0801${nested(2, "eda080")}`), close({ code: 1 })),
  either("wire-type-of-heartbeat", "FRM-4", "1005", { version: 1 }),
  either("wire-type-of-data", "FRM-4", "1805", { version: 1 }),
  either("wire-type-of-close", "FRM-4", "2005", { version: 1 }),
  either("wire-type-of-more", "FRM-4", `${nested(3, "01")}2a00`, { version: 1, data_hex: "01" }),
  either("wire-type-of-heartbeat-time", "FRM-4", nested(2, "0d88130000"), beat({})),
  either("wire-type-of-timestamp", "FRM-4", nested(2, "1805"), beat({})),
  either("wire-type-of-code", "FRM-4", nested(4, "0a0101"), close({})),
];

/**
 * @param {string} name
 * @param {string} clauses
 * @param {FrameJson} frame
 * @returns {FrameScript}
 */
function writes(name, clauses, frame) {
  return { name, clauses: ids(clauses), kind: "writes", frame };
}

/**
 * @param {string} name
 * @param {string} clauses
 * @param {string} hex
 * @returns {FrameScript}
 */
function reads(name, clauses, hex) {
  return { name, clauses: ids(clauses), kind: "reads", hex };
}

/**
 * @param {string} name
 * @param {string} clauses
 * @param {string} hex
 * @returns {FrameScript}
 */
function malformed(name, clauses, hex) {
  return { name, clauses: ids(clauses), kind: "malformed", hex };
}

/**
 * @param {string} name
 * @param {string} clauses
 * @param {string} body what follows the version
 * @param {FrameJson} frame
 * @returns {FrameScript}
 */
function either(name, clauses, body, frame) {
  const note = name.startsWith("reason") ? NOT_UTF8 : OTHER_WIRE_TYPE;
  return { name, clauses: ids(clauses), kind: "either", hex: V1 + body, frame, note };
}

/**
 * The frame of that name, cut after each of its octets.
 *
 * @param {string} name
 * @returns {FrameScript}
 */
function truncated(name) {
  return { name, clauses: ids("FRM-3"), kind: "truncated" };
}

/** @param {string} text "HBT-1 PRB-2" */
function ids(text) {
  return text.split(" ").map((id) => `PW-${id}`);
}

/**
 * @param {HeartbeatJson} heartbeat
 * @returns {FrameJson}
 */
function beat(heartbeat, version = 1) {
  return { version, heartbeat };
}

/**
 * @param {CloseJson} close
 * @returns {FrameJson}
 */
function close(close, version = 1) {
  return { version, close };
}

/**
 * A length-delimited field: its tag, its length, its octets.
 *
 * @param {number} field
 * @param {string} hex
 */
function nested(field, hex) {
  return varint(field * 8 + 2) + varint(hex.length / 2) + hex;
}

/** @param {number} value */
function varint(value) {
  let hex = "";
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) hex += octet((rest % 0x80) + 0x80);
  return hex + octet(rest);
}

/** @param {number} value */
function octet(value) {
  return value.toString(16).padStart(2, "0");
}
