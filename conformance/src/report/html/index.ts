import type { Report } from "../../model.ts";
import { asidesOf } from "../asides.ts";
import { brokenSentences, findingsOf } from "../findings.ts";
import { headlineOf } from "../headline.ts";
import { VERDICTS } from "../verdicts.ts";
import type { PageData, PeerData } from "./data.ts";
import { renderPage } from "./page.ts";
import { trim } from "./trim.ts";

/** Renders one run, or several side by side, as one page that needs nothing but itself. */
export function renderHtml(reports: readonly Report[]): Promise<string> {
  const data: PageData = { peers: reports.map(peerData), verdicts: VERDICTS };
  return renderPage("report", data);
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
