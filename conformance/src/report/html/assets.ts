import { readFile } from "node:fs/promises";

const FOLDER = new URL("../../../assets/report/", import.meta.url);

/** In the order of use: each imports only what stands before it. */
const CLIENT = [
  "unpack.js",
  "dom.js",
  "model.js",
  "filter.js",
  "timing.js",
  "timeline-layout.js",
  "timeline-words.js",
  "timeline-draw.js",
  "timeline.js",
  "header.js",
  "matrix.js",
  "clauses.js",
  "findings.js",
  "case.js",
  "main.js",
] as const;

/** The parts of the page that are not data. */
export interface Assets {
  readonly template: string;
  readonly style: string;
  readonly script: string;
}

/** Reads the parts of the page from the package. */
export async function readAssets(): Promise<Assets> {
  // A browser normalises line ends before it hashes, so the hashes must be of normal ones.
  const read = async (name: string): Promise<string> =>
    (await readFile(new URL(name, FOLDER), "utf8")).replaceAll("\r\n", "\n");
  const modules = await Promise.all(CLIENT.map((name) => read(`client/${name}`)));
  return {
    template: await read("template.html"),
    style: await read("style.css"),
    script: modules.map(joinable).join("\n"),
  };
}

/**
 * A module as a part of one: a page from disk cannot import, so its modules are put one after
 * another. They are real modules so that they can be read, checked and tested one by one; their
 * top-level names must be unique across all of them, which a test holds.
 */
function joinable(source: string): string {
  return source
    .replace(/^import [^;]*;\n/gm, "")
    .replace(/^export (?=(async )?(function|const|class)\b)/gm, "");
}
