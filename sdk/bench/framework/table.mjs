import { figure, summarize } from "./statistics.mjs";
import { judge, ratio } from "./verdict.mjs";

/** A row for a terminal. @param {import("./runner.mjs").Measured} measured */
export function table(measured) {
  const { row, samples, leftOut, failure } = measured;
  const lines = [`\n${row.id}: ${row.title}, ${row.unit} (${row.better} is better)`];
  if (failure !== undefined) lines.push(`  NOT MEASURED: ${failure}`);
  const width = Math.max(...row.contenders.map((name) => name.length));
  for (const contender of row.contenders) {
    const values = samples.get(contender);
    const name = contender.padEnd(width);
    if (values === undefined || values.length === 0) {
      const why = leftOut.get(contender);
      if (why !== undefined) lines.push(`  ${name}  left out: ${why}`);
      continue;
    }
    const { median, min, max } = summarize(values);
    const share = ratio(measured, contender);
    const times = share === undefined ? "" : `${share.toFixed(2)}x`;
    const spread = `${figure(min)} to ${figure(max)}`;
    const marks = [
      row.ours.includes(contender) ? "ours" : "",
      contender === row.baseline ? "baseline" : "",
    ];
    const line = `  ${name} ${figure(median).padStart(10)}   ${spread.padEnd(20)} ${times.padStart(8)}  ${marks.filter(Boolean).join(", ")}`;
    lines.push(line.trimEnd());
  }
  if (row.target !== undefined)
    lines.push(`  to reach: ${row.target.text}: ${judge(measured).text}`);
  return lines.join("\n");
}
