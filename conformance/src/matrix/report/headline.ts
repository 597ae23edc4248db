/** The verdict on a whole matrix, in words. */
import type { Headline } from "../../report/headline.ts";
import { needsAttention, plural } from "../../report/verdicts.ts";
import type { MatrixReport, PairResult } from "../model.ts";

/** A SHOULD that was not kept is told, and keeps nobody from talking. */
export function isWell({ verdict }: Pick<PairResult, "verdict">): boolean {
  return !needsAttention(verdict) || verdict === "warn";
}

export function matrixHeadline(report: MatrixReport): Omit<Headline, "advice"> {
  const { results, peers, exitCode } = report;
  const judged = results.filter(({ verdict }) => verdict !== "na");
  const well = judged.filter(isWell);
  const out = peers.filter(({ leftOut }) => leftOut !== undefined);
  const missing = out.length === 0 ? "" : `; left out: ${out.map(({ name }) => name).join(", ")}`;
  const count = `${well.length} of ${plural(judged.length, "run")} well, between ${plural(peers.length - out.length, "peer")}${missing}`;
  switch (exitCode) {
    case 0:
      return { tone: "good", title: "They understand each other", detail: count };
    case 1:
      return { tone: "bad", title: "Not interoperable", detail: count };
    case 2:
      return { tone: "unsure", title: "Not decided", detail: count };
    case 3:
      return { tone: "unsure", title: "Nothing was judged", detail: count };
    case 4:
      return { tone: "bad", title: "A testee broke its contract", detail: count };
    case 70:
      return { tone: "bad", title: "A defect of the suite", detail: count };
    default:
      return { tone: "unsure", title: "Broken off", detail: count };
  }
}
