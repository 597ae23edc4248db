// Writes conformance/vectors/*.json from the scripts in scripts/vectors/. With --check it writes
// nothing and fails if what is there is not what the scripts and the SDK make.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { FRAMES } from "./vectors/frames.mjs";
import { makeFrames } from "./vectors/make-frames.mjs";
import { makeStreams } from "./vectors/make-streams.mjs";
import { makeTraces } from "./vectors/make-traces.mjs";
import { STREAMS } from "./vectors/streams.mjs";
import { TRACES } from "./vectors/traces/index.mjs";

/** @import { FrameVector, StreamVector, Trace } from "../conformance/src/vectors/model.ts" */

/** Raised only by a change that breaks a loader. */
const FORMAT = 1;

const files = new Map([
  ["frames.json", lines("frames", makeFrames(FRAMES))],
  ["delimited.json", lines("streams", makeStreams(STREAMS))],
  ["traces.json", lines("traces", makeTraces(TRACES))],
]);

for (const [name, text] of files) {
  const path = new URL(`../conformance/vectors/${name}`, import.meta.url);
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
    console.log(`wrote conformance/vectors/${name}`);
  } else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    console.error(`conformance/vectors/${name} is not up to date: run \`npm run vectors\``);
    process.exitCode = 1;
  } else {
    console.log(`conformance/vectors/${name} is up to date`);
  }
}

/**
 * One vector a line, and of a trace one step: so a difference shows what changed.
 *
 * @param {string} key
 * @param {readonly (FrameVector | StreamVector | Trace)[]} vectors
 */
function lines(key, vectors) {
  const names = new Set(vectors.map(({ name }) => name));
  if (names.size < vectors.length) throw new Error(`two of the ${key} have one name`);
  const rows = vectors.map((vector) => ("steps" in vector ? traceLines(vector) : line(vector)));
  return `{\n"format": ${FORMAT},\n"${key}": [\n${rows.join(",\n")}\n]\n}\n`;
}

/** @param {Trace} trace */
function traceLines({ steps, until, ...head }) {
  const rows = steps.map((step) => `  ${line(step)}`).join(",\n");
  return `${line(head).slice(0, -1)}, "until": ${until}, "steps": [\n${rows}\n]}`;
}

/**
 * JSON on one line, with a space where people put one.
 *
 * @param {unknown} value
 */
function line(value) {
  return JSON.stringify(value, undefined, 1)
    .replace(/\n */g, " ")
    .replace(/([[{]) | ([\]}])/g, "$1$2");
}
