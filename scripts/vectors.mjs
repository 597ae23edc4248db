// Writes conformance/vectors/*.json from the scripts in scripts/vectors/. With --check it writes
// nothing and fails if what is there is not what the scripts and the SDK make.
import { readFileSync, writeFileSync } from "node:fs";
import { FRAMES } from "./vectors/frames.mjs";
import { makeFrames } from "./vectors/make-frames.mjs";
import { makeStreams } from "./vectors/make-streams.mjs";
import { STREAMS } from "./vectors/streams.mjs";

/** Raised only by a change that breaks a loader. */
const FORMAT = 1;

const files = new Map([
  ["frames.json", lines("frames", makeFrames(FRAMES))],
  ["delimited.json", lines("streams", makeStreams(STREAMS))],
]);

for (const [name, text] of files) {
  const path = new URL(`../conformance/vectors/${name}`, import.meta.url);
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
    console.log(`wrote conformance/vectors/${name}`);
  } else if (readFileSync(path, "utf8") !== text) {
    console.error(`conformance/vectors/${name} is not up to date: run \`npm run vectors\``);
    process.exitCode = 1;
  } else {
    console.log(`conformance/vectors/${name} is up to date`);
  }
}

/**
 * One vector a line: so a difference shows the vectors that changed.
 *
 * @param {string} key
 * @param {readonly { readonly name: string }[]} vectors
 */
function lines(key, vectors) {
  const names = new Set(vectors.map(({ name }) => name));
  if (names.size < vectors.length) throw new Error(`two of the ${key} have one name`);
  const rows = vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(",\n");
  return `{\n  "format": ${FORMAT},\n  "${key}": [\n${rows}\n  ]\n}\n`;
}
