// What Pulsewire adds to a page: what a browser can load of it, bundled and minified as a user would,
// with the weight of its parts. With --check it fails if something is above its budget, has anything
// else in it, or is not what docs/browser.md says; --write writes the table there.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle, weigh } from "./bundle.mjs";

const page = fileURLToPath(new URL("../docs/browser.md", import.meta.url));

/** What a page may import, and the octets of gzip it may have: growth is decided in these lines. */
const ENTRIES = [
  { source: 'export { connect } from "pulsewire/browser";', budget: 29_500 },
  { source: 'export * from "pulsewire/browser";', budget: 31_500 },
  { source: 'export * from "pulsewire";', budget: 32_000 },
  { source: 'export * from "pulsewire/core";', budget: 28_500 },
];

/** Every file belongs to one of these, so protobufjs is there with its minimal runtime alone. */
const PARTS = [
  { name: "Pulsewire", test: /\/sdk\/dist\/(index|core|driver|browser)\b/ },
  { name: "generated from proto", test: /\/sdk\/src\/gen\// },
  {
    name: "protobufjs minimal",
    test: /\/protobufjs\/(minimal|src\/(index-minimal|reader(_buffer)?|writer(_buffer)?|roots|rpc|rpc\/service|util\/\w+))\.js$/,
  },
  { name: "long", test: /\/node_modules\/long\// },
];

/** How far a figure of the page may be off: compressors differ from one Node to the next. */
const TOLERANCE = 0.02;

const problems = [];
const rows = ["| a page that says | minified | gzip | brotli |", "| --- | --- | --- | --- |"];
for (const { source, budget } of ENTRIES) {
  const [whole] = await bundle(source);
  if (whole === undefined) throw new Error(`nothing comes of ${source}`);
  const { raw, gzip, brotli } = weigh(whole.code);
  console.log(`${columns(raw, gzip, brotli)}  ${source}`);
  for (const part of await bundle(source, PARTS)) {
    if (!PARTS.some(({ name }) => name === part.name)) continue;
    const weight = weigh(part.code);
    console.log(`${columns(weight.raw, weight.gzip, weight.brotli)}    ${part.name}`);
  }
  rows.push(`| \`${source}\` | ${kB(raw)} | ${kB(gzip)} | ${kB(brotli)} |`);
  for (const id of whole.modules) {
    const isKnown = id.startsWith("\0") || PARTS.some(({ test }) => test.test(id));
    if (!isKnown) problems.push(`${source} loads ${id}`);
  }
  if (gzip > budget) problems.push(`${source} has ${gzip} octets of gzip; its budget is ${budget}`);
}
console.log("minified, gzip, brotli; a part alone compresses a little worse than in the whole");

const text = readFileSync(page, "utf8");
const table = /\| a page that says [\s\S]*?\n(?!\|)/.exec(text)?.[0];
if (table === undefined) throw new Error(`${page} has no table of sizes`);
if (process.argv.includes("--write")) {
  writeFileSync(page, text.replace(table, `${rows.join("\n")}\n`));
} else if (!agree(table, rows.join("\n"))) {
  problems.push("docs/browser.md says other figures: npm run size -- --write");
}
if (process.argv.includes("--check")) {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

/** @param {number} octets */
function kB(octets) {
  return `${(octets / 1000).toFixed(1)} kB`;
}

/** @param {number[]} octets */
function columns(...octets) {
  return octets.map((each) => kB(each).padStart(8)).join("  ");
}

/**
 * The same words, and nearly the same figures.
 *
 * @param {string} said
 * @param {string} found
 */
function agree(said, found) {
  const pattern = /[\d.]+(?= kB)/g;
  const figures = (/** @type {string} */ table) => [...table.matchAll(pattern)].map(Number);
  const after = figures(found);
  return (
    said.trim().replaceAll(pattern, "") === found.trim().replaceAll(pattern, "") &&
    figures(said).every((before, at) => Math.abs(before / (after[at] ?? 0) - 1) <= TOLERANCE)
  );
}
