import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { type PageName, readAssets } from "./assets.ts";
import { pack } from "./pack.ts";

/**
 * Renders data as a page that draws itself and needs nothing but itself.
 *
 * The data travels compressed, and becomes text only through `textContent`; no string of a testee
 * is ever parsed as markup. The content policy allows this style and this script, by their hashes,
 * and nothing else: should a string become markup after all, it could neither run nor load
 * anything.
 */
export async function renderPage(name: PageName, data: unknown): Promise<string> {
  const { template, style, script } = await readAssets(name);
  const parts: Readonly<Record<string, string>> = {
    STYLE: `<style>${style}</style>`,
    STYLE_HASH: hash(style),
    SCRIPT: `<script type="module">${script}</script>`,
    SCRIPT_HASH: hash(script),
    DATA: `<script type="application/octet-stream" id="data">${compress(data)}</script>`,
  };
  // One pass, so that nothing that looks like a placeholder inside a part is ever replaced.
  return template.replace(
    /<!--%%([A-Z]+)%%-->|%%([A-Z_]+)%%/g,
    (whole, block: string | undefined, word: string | undefined) =>
      parts[block ?? word ?? ""] ?? whole,
  );
}

/** Base64 has no sign that means anything in HTML; packing halves what compressing alone leaves. */
function compress(value: unknown): string {
  return deflateRawSync(JSON.stringify(pack(value)), { level: 9 }).toString("base64");
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
