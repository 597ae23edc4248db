import { createHash } from "node:crypto";
import type { Report } from "../../model.ts";
import { headlineOf, VERDICTS } from "../verdicts.ts";
import { readAssets } from "./assets.ts";
import { pack } from "./pack.ts";
import { trim } from "./trim.ts";

/**
 * Renders a run as one page that needs nothing but itself.
 *
 * The report travels as data and becomes text only through `textContent`; no string of a testee
 * is ever parsed as markup. The content policy allows this style and this script, by their
 * hashes, and nothing else: should a string become markup after all, it could neither run nor
 * load anything.
 */
export async function renderHtml(report: Report): Promise<string> {
  const { template, style, script } = await readAssets();
  const { report: trimmed, omissions } = trim(report);
  const data = pack({
    report: trimmed,
    omissions,
    verdicts: VERDICTS,
    headline: headlineOf(report),
  });
  const parts: Readonly<Record<string, string>> = {
    STYLE: `<style>${style}</style>`,
    STYLE_HASH: hash(style),
    SCRIPT: `<script type="module">${script}</script>`,
    SCRIPT_HASH: hash(script),
    DATA: `<script type="application/json" id="data">${embed(data)}</script>`,
  };
  // One pass, so that nothing that looks like a placeholder inside a part is ever replaced.
  return template.replace(
    /<!--%%([A-Z]+)%%-->|%%([A-Z_]+)%%/g,
    (whole, block: string | undefined, word: string | undefined) =>
      parts[block ?? word ?? ""] ?? whole,
  );
}

/** JSON that cannot end the script element it stands in, nor a line of JavaScript. */
function embed(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
