/** @param {import("./report.mjs").Report} report */
export function record(report) {
  report.rows();
}
