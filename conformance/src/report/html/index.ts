import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Report } from "../../model.ts";
import { asidesOf } from "../asides.ts";
import { brokenSentences, findingsOf } from "../findings.ts";
import { headlineOf } from "../headline.ts";
import { VERDICTS } from "../verdicts.ts";
import { readAssets } from "./assets.ts";
import type { PageData, PeerData } from "./data.ts";
import { pack } from "./pack.ts";
import { trim } from "./trim.ts";

/**
 * Renders one run, or several side by side, as one page that needs nothing but itself.
 *
 * The reports travel as data, compressed, and become text only through `textContent`; no string of
 * a testee is ever parsed as markup. The content policy allows this style and this script, by
 * their hashes, and nothing else: should a string become markup after all, it could neither run
 * nor load anything.
 */
export async function renderHtml(reports: readonly Report[]): Promise<string> {
  const { template, style, script } = await readAssets();
  const data: PageData = { peers: reports.map(peerData), verdicts: VERDICTS };
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

function peerData(report: Report): PeerData {
  const { report: trimmed, omissions } = trim(report);
  const indexOf = new Map(report.results.map((result, index) => [result, index]));
  const findings = findingsOf(report);
  return {
    report: trimmed,
    omissions,
    headline: headlineOf(report),
    findings: findings.map(({ results, again }) => ({
      results: results.map((result) => indexOf.get(result) ?? 0),
      again,
    })),
    broken: brokenSentences(findings.filter(({ verdict }) => verdict === "fail")),
    asides: asidesOf(report),
  };
}

/** Base64 has no sign that means anything in HTML; packing halves what compressing alone leaves. */
function compress(value: unknown): string {
  return deflateRawSync(JSON.stringify(pack(value)), { level: 9 }).toString("base64");
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
