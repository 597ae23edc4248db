import { readFile } from "node:fs/promises";

const FOLDER = new URL("../../../assets/report/", import.meta.url);

/** What each page is made of, in the order of use: each module imports only what stands before it. */
const PAGES = {
  report: {
    styles: ["style.css"],
    modules: [
      "unpack.js",
      "dom.js",
      "chip.js",
      "model.js",
      "filter.js",
      "timing.js",
      "timeline-layout.js",
      "timeline-words.js",
      "timeline-draw.js",
      "timeline-view.js",
      "timeline.js",
      "checks.js",
      "grid.js",
      "header.js",
      "matrix.js",
      "clauses.js",
      "findings.js",
      "case.js",
      "main.js",
    ],
  },
  matrix: {
    styles: ["style.css", "pairs.css"],
    modules: [
      "unpack.js",
      "dom.js",
      "chip.js",
      "timing.js",
      "timeline-layout.js",
      "timeline-words.js",
      "timeline-draw.js",
      "timeline-view.js",
      "checks.js",
      "grid.js",
      "pairs/words.js",
      "pairs/model.js",
      "pairs/ladder-layout.js",
      "pairs/ladder-draw.js",
      "pairs/ladder.js",
      "pairs/marks.js",
      "pairs/header.js",
      "pairs/tables.js",
      "pairs/disturbances.js",
      "pairs/findings.js",
      "pairs/run.js",
      "pairs/pair.js",
      "pairs/main.js",
    ],
  },
} as const;

export type PageName = keyof typeof PAGES;

/** The parts of the page that are not data. */
export interface Assets {
  readonly template: string;
  readonly style: string;
  readonly script: string;
}

/** Reads the parts of the page from the package. */
export async function readAssets(page: PageName): Promise<Assets> {
  // A browser normalises line ends before it hashes, so the hashes must be of normal ones.
  const read = async (name: string): Promise<string> =>
    (await readFile(new URL(name, FOLDER), "utf8")).replaceAll("\r\n", "\n");
  const { styles, modules: names } = PAGES[page];
  const modules = await Promise.all(names.map((name) => read(`client/${name}`)));
  const sheets = await Promise.all(styles.map(read));
  return {
    template: await read("template.html"),
    style: sheets.join("\n"),
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
