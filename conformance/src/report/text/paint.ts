import type pc from "picocolors";
import type { Verdict } from "../../model.ts";
import { styleOf } from "../verdicts.ts";

export type Colors = ReturnType<typeof pc.createColors>;
export type Paint = (text: string) => string;

/** The colour of a verdict. */
export function paintOf(verdict: Verdict, colors: Colors): Paint {
  switch (verdict) {
    case "pass":
      return colors.green;
    case "fail":
    case "untestable":
      return colors.red;
    case "error":
    case "inconclusive":
      return colors.magenta;
    case "warn":
      return colors.yellow;
    case "info":
      return colors.blue;
    case "na":
      return colors.dim;
  }
}

/** The sign of a verdict in its colour. */
export function symbolOf(verdict: Verdict, colors: Colors): string {
  return paintOf(verdict, colors)(styleOf(verdict).symbol);
}
