// Scripts of frames to golden frames, by the SDK's codec; throws where that is not what the script says.
import { readFrame, writeFrame } from "../../conformance/dist/vectors/sdk-frames.js";
import { fromHex, toHex } from "../../conformance/dist/wire/hex.js";

/**
 * @import { FrameVector } from "../../conformance/src/vectors/model.ts"
 * @import { FrameScript } from "./frames.mjs"
 */

/**
 * @param {readonly FrameScript[]} scripts
 * @returns {FrameVector[]}
 */
export function makeFrames(scripts) {
  /** @type {FrameVector[]} */
  const made = [];
  for (const script of scripts) {
    if (script.kind === "truncated") made.push(...truncations(script, made));
    else made.push(makeFrame(script));
  }
  return made;
}

/**
 * @param {Exclude<FrameScript, { kind: "truncated" }>} script
 * @returns {FrameVector}
 */
function makeFrame(script) {
  const { name, clauses } = script;
  switch (script.kind) {
    case "writes": {
      const { frame } = script;
      return { name, clauses, hex: toHex(writeFrame(frame)), frame, canonical: true };
    }
    case "reads": {
      const read = readVector(name, clauses, script.hex);
      if (read.error !== undefined) throw new Error(`${name} is malformed`);
      return read;
    }
    case "malformed": {
      const read = readVector(name, clauses, script.hex);
      if (read.error === undefined) throw new Error(`${name} is not malformed`);
      return read;
    }
    case "either": {
      const { note, hex, frame } = script;
      return { name, clauses, note, hex, either: true, frame, error: "PROTOCOL_ERROR" };
    }
  }
}

/**
 * @param {FrameScript} script
 * @param {readonly FrameVector[]} made
 */
function truncations({ name, clauses }, made) {
  const whole = made.find((vector) => vector.name === name);
  if (whole === undefined) throw new Error(`there is no frame ${name} to cut`);
  const octets = whole.hex.length / 2;
  return Array.from({ length: octets - 1 }, (_, index) =>
    readVector(`${name}-cut-to-${index + 1}`, clauses, whole.hex.slice(0, 2 * (index + 1))),
  );
}

/**
 * @param {string} name
 * @param {string[]} clauses
 * @param {string} hex
 * @returns {FrameVector}
 */
function readVector(name, clauses, hex) {
  const frame = readFrame(fromHex(hex));
  if (frame === undefined) return { name, clauses, hex, error: "PROTOCOL_ERROR" };
  return { name, clauses, hex, frame };
}
