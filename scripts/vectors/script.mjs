// The words that scripts of traces are written in.

/**
 * @import { FrameJson, HeartbeatJson, Input, Need, TraceConfig } from "../../conformance/src/vectors/model.ts"
 * @typedef {object} TraceScript
 * @property {string} name
 * @property {string} title
 * @property {string[]} clauses
 * @property {Need[]} needs
 * @property {TraceConfig} config
 * @property {(readonly [number, ScriptInput])[]} inputs what happens after the opening, and when
 * @property {number} until
 * @property {string[]} keep fields of sent frames that are the sender's own business, and compared here
 * @typedef {Exclude<Input, { in: "receive" }> | { in: "receive", frame?: FrameJson, hex?: string, repeat?: number }} ScriptInput
 */

/**
 * @param {string} name
 * @param {string} title
 * @param {string} clauses "HBT-1 PRB-2"
 * @param {{ needs?: Need[], config?: TraceConfig, inputs?: (readonly [number, ScriptInput])[], until: number, keep?: string[] }} script
 * @returns {TraceScript}
 */
export function trace(
  name,
  title,
  clauses,
  { needs = [], config = {}, inputs = [], until, keep = [] },
) {
  const ids = clauses.split(" ").map((id) => `PW-${id}`);
  return { name, title, clauses: ids, needs, config, inputs, until, keep };
}

/**
 * The peer's frame arrives.
 *
 * @param {FrameJson} frame
 * @param {number} [repeat]
 * @returns {ScriptInput}
 */
export function receive(frame, repeat) {
  return repeat === undefined ? { in: "receive", frame } : { in: "receive", frame, repeat };
}

/**
 * Octets arrive that their binding takes for a frame.
 *
 * @param {string} hex
 * @param {number} [repeat]
 * @returns {ScriptInput}
 */
export function receiveOctets(hex, repeat) {
  return repeat === undefined ? { in: "receive", hex } : { in: "receive", hex, repeat };
}

/**
 * @param {number} [time] none: passive
 * @param {HeartbeatJson} [more]
 * @returns {FrameJson}
 */
export function hb(time, more) {
  return {
    version: 1,
    heartbeat: { ...(time === undefined ? {} : { heartbeat_time_ms: time }), ...more },
  };
}

/** @type {HeartbeatJson} */
export const PROBE = { reply_requested: true };

/**
 * @param {string} text
 * @returns {FrameJson}
 */
export function data(text) {
  return { version: 1, data_hex: hex(text) };
}

/**
 * A part of a message that goes on.
 *
 * @param {string} text
 * @returns {FrameJson}
 */
export function part(text) {
  return { version: 1, data_hex: hex(text), more: true };
}

/**
 * @param {number} [code]
 * @returns {FrameJson}
 */
export function closeFrame(code) {
  return { version: 1, close: code === undefined ? {} : { code } };
}

/** A frame whose body version 1 does not have: field 6. */
export const UNKNOWN_BODY = "080132020801";

/**
 * The application sends.
 *
 * @param {string} text
 * @returns {ScriptInput}
 */
export function send(text) {
  return { in: "send", data_hex: hex(text) };
}

/**
 * The application closes.
 *
 * @param {number} code
 * @param {string} [reason]
 * @returns {ScriptInput}
 */
export function close(code, reason) {
  return reason === undefined ? { in: "close", code } : { in: "close", code, reason };
}

/** @param {string} text */
function hex(text) {
  return Buffer.from(text).toString("hex");
}
