// Makes the pictures of docs/images from real reports, as a real browser draws them: for each of a
// few views, on a desktop and on a phone, in light and in dark. Each is the page itself in an SVG,
// so it is text, it stays sharp, and a change of the page shows as a change of the picture.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { withChromium } from "./chromium.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const suite = join(root, "conformance/bin/pulsewire-conformance.js");
const reference = join(root, "conformance/dist/reference/main.js");
const images = join(root, "docs/images");

const MOST_BYTES = 150_000;
const MUTANT = "never-adopts";

/** @typedef {import("./chromium.mjs").View} View */

/** @type {Record<string, Omit<View, "scheme">>} */
const SCREENS = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844, phone: true },
};
const SCHEMES = /** @type {const} */ (["light", "dark"]);

const folder = mkdtempSync(join(tmpdir(), "pulsewire-picture-"));
try {
  const conforming = run("conforming", 0, ["self"]);
  const failing = run("failing", 1, [
    "run",
    "--testee",
    `"${process.execPath}" "${reference}" --mutant ${MUTANT}`,
    "--case",
    "ACT-*,ADP-*,SND-*",
  ]);
  const views = [
    {
      name: "report",
      page: conforming,
      hash: "#cases",
      label: "A report: cases against transports and roles",
    },
    {
      name: "failure",
      page: failing,
      hash: "#case=ADP-001/tcp/dial",
      label: "A failing case, with its timeline",
    },
  ];
  mkdirSync(images, { recursive: true });
  await withChromium(async (page) => {
    for (const { name, page: file, hash, label } of views) {
      for (const [screen, size] of Object.entries(SCREENS)) {
        for (const scheme of SCHEMES) {
          await page.show({ ...size, scheme });
          await page.open("about:blank");
          await page.open(pathToFileURL(file).href + hash);
          const { width, height } = size;
          const svg = await page.run(
            `(${snapshot})(${JSON.stringify({ width, height, scheme, label })})`,
          );
          const target = join(images, `${name}-${screen}-${scheme}.svg`);
          writeFileSync(target, svg);
          const bytes = Buffer.byteLength(svg);
          console.log(`${target.slice(root.length)}  ${(bytes / 1000).toFixed(0)} kB`);
          if (bytes > MOST_BYTES) throw new Error(`${target} is above ${MOST_BYTES} bytes`);
        }
      }
    }
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs the suite, and returns the page of its report. A run that came to something else than it
 * should, as on a busy machine, is no picture to show.
 *
 * @param {string} name
 * @param {number} exitCode
 * @param {string[]} args
 */
function run(name, exitCode, args) {
  const reports = join(folder, name);
  console.log(
    `running ${args[0] === "self" ? "the suite against the SDK" : `it against ${MUTANT}`}`,
  );
  const { status } = spawnSync(process.execPath, [suite, ...args, "--reports", reports], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== exitCode)
    throw new Error(`the run ended with exit code ${status} and not ${exitCode}: try again`);
  return join(reports, "index.html");
}

/**
 * Runs in the page: what the window shows, with the style that it has there, as one SVG. A picture
 * has neither the page's width nor its preferences, so what depends on these is settled here.
 *
 * @param {{ width: number, height: number, scheme: string, label: string }} view
 */
function snapshot({ width, height, scheme, label }) {
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  const sprite = /** @type {SVGElement} */ (document.querySelector("svg.symbols"));
  // What is not seen is not needed, nor what only a person or a program at the page could use.
  for (const element of app.querySelectorAll("*")) {
    const isSeen =
      element.getBoundingClientRect().top < height && getComputedStyle(element).display !== "none";
    if (!isSeen) element.remove();
    for (const name of ["title", "tabindex", "aria-label", "aria-labelledby", "aria-describedby"])
      element.removeAttribute(name);
  }
  const used = new Set([...app.querySelectorAll("use")].map((use) => use.getAttribute("href")));
  for (const symbol of sprite.querySelectorAll("symbol"))
    if (!used.has(`#${symbol.id}`)) symbol.remove();

  /** @type {(rules: Iterable<CSSRule>) => string[]} */
  const settle = (rules) =>
    [...rules].flatMap((rule) => {
      if (rule instanceof CSSMediaRule)
        return matchMedia(rule.conditionText).matches ? settle(rule.cssRules) : [];
      if (!(rule instanceof CSSStyleRule)) return [];
      const plain = rule.selectorText.replace(
        /::[a-z-]+|:(hover|focus-visible|focus|focus-within|target)/g,
        "",
      );
      const isUsed = plain
        .split(/,(?![^(]*\))/)
        .some((selector) => selector.trim() === "" || document.querySelector(selector) !== null);
      return isUsed && !/:(hover|focus|target)/.test(rule.selectorText) ? [rule.cssText] : [];
    });
  const style = [...document.styleSheets]
    .flatMap((sheet) => settle(sheet.cssRules))
    .join("\n")
    // A picture is shown in any width.
    .replace(/([\d.]+)vw/g, (_, part) => `${(Number(part) * width) / 100}px`);

  const serializer = new XMLSerializer();
  const xml = (/** @type {Element} */ element) => serializer.serializeToString(element);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<style>
${style.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}
svg:root { color-scheme: ${scheme} }
* { scrollbar-width: none !important }
</style>
<foreignObject width="${width}" height="${height}">
<body xmlns="http://www.w3.org/1999/xhtml" style="height: ${height}px; overflow: hidden">
${xml(sprite)}
${xml(app)}
</body>
</foreignObject>
</svg>
`;
}
