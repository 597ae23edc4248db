/** The checklist as text. */
import pc from "picocolors";
import { oneLine } from "../report/text/clean.ts";
import { truncate, wrap } from "../report/text/wrap.ts";
import type { Problem, ShimCheck, ShimReport } from "./model.ts";

type Colors = ReturnType<typeof pc.createColors>;

const WIDTH = 100;
/** A line of the contract may be long; what is wrong with it is seen before this. */
const LINE_LIMIT = 400;
const KEY_WIDTH = 10;
const STDERR_LINES = 10;

export function renderChecklist(report: ShimReport, options: { readonly color: boolean }): string {
  const colors = pc.createColors(options.color);
  const { testee } = report;
  const who =
    testee === undefined
      ? "a testee that did not say hello"
      : oneLine(
          `${testee.name} ${testee.version} (${testee.language}): ` +
            `${testee.transports.join(", ")}; ${testee.roles.join(", ")}` +
            `${testee.features.length === 0 ? "" : `; ${testee.features.join(", ")}`}`,
        );
  const lines = [colors.bold(`Control contract: ${who}`)];
  let group: string | undefined;
  for (const check of report.checks) {
    if (check.group !== group) lines.push("", colors.bold(check.group));
    group = check.group;
    lines.push(`  ${headOf(check, colors)}`);
    for (const problem of check.problems) lines.push(...describe(problem, colors));
  }
  const failed = report.checks.some(({ outcome }) => outcome === "fail");
  if (failed && report.stderr.trim() !== "") {
    lines.push("", colors.bold("the end of its standard error"));
    for (const line of report.stderr.trim().split("\n").slice(-STDERR_LINES))
      lines.push(`  ${truncate(oneLine(line), WIDTH)}`);
  }
  return `${[...lines, "", ...summary(report, colors)].join("\n")}\n`;
}

function headOf({ title, outcome }: ShimCheck, colors: Colors): string {
  switch (outcome) {
    case "pass":
      return `${colors.green("✓")} ${title}`;
    case "fail":
      return `${colors.red("✗")} ${title}`;
    case "later":
      return `${colors.yellow("○")} ${title}: not implemented yet`;
    case "skipped":
      return colors.dim(`– ${title}: not tried`);
  }
}

function describe({ sent, came, expected }: Problem, colors: Colors): string[] {
  return [
    ...(sent === undefined ? [] : field("sent", sent, colors)),
    ...field("came", came, colors),
    ...field("expected", expected, colors),
  ];
}

function field(key: string, text: string, colors: Colors): string[] {
  const clean = truncate(oneLine(text), LINE_LIMIT);
  // A line of the contract is not wrapped: it has to survive being copied.
  const lines = clean.startsWith("{") ? [clean] : wrap(clean, WIDTH - KEY_WIDTH - 6);
  return lines.map(
    (line, index) => `      ${colors.dim((index === 0 ? key : "").padEnd(KEY_WIDTH))}${line}`,
  );
}

function summary({ checks, durationMs }: ShimReport, colors: Colors): string[] {
  const count = (outcome: ShimCheck["outcome"]): number =>
    checks.filter((check) => check.outcome === outcome).length;
  const counts = [
    `${count("pass")} right`,
    ...(count("fail") > 0 ? [`${count("fail")} wrong`] : []),
    ...(count("later") > 0 ? [`${count("later")} not implemented yet`] : []),
    ...(count("skipped") > 0 ? [`${count("skipped")} not tried`] : []),
  ].join(", ");
  const time = `${(durationMs / 1_000).toFixed(1)} s`;
  if (count("fail") > 0)
    return [`${colors.red(colors.bold("The control contract is broken"))}  ${counts}, ${time}`];
  return [`${colors.green(colors.bold("The control contract is kept"))}  ${counts}, ${time}`];
}
