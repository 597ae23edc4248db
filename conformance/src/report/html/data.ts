import type { Report } from "../../model.ts";
import type { Aside } from "../asides.ts";
import type { BrokenSentence } from "../findings.ts";
import type { Headline } from "../headline.ts";
import type { VerdictStyle } from "../verdicts.ts";
import type { Omission } from "./trim.ts";

/** What the page draws from: `assets/report/client/` reads it. */
export interface PageData {
  readonly peers: readonly PeerData[];
  /** Worst first. */
  readonly verdicts: readonly VerdictStyle[];
}

/** One run, with what the page need not work out again. */
export interface PeerData {
  readonly report: Report;
  readonly omissions: Readonly<Record<number, Omission>>;
  readonly headline: Headline;
  readonly findings: readonly FindingData[];
  readonly broken: readonly BrokenSentence[];
  readonly asides: readonly Aside[];
}

/** A finding, by the indexes of its results. */
export interface FindingData {
  readonly results: readonly number[];
  readonly again: string;
}
