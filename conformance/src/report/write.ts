import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../model.ts";
import { badgeOf, renderBadge } from "./badge.ts";
import { renderHtml } from "./html/index.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";

/**
 * Writes index.html, report.json, junit.xml, summary.md and the badge into `dir`, which is made if
 * it is missing, and returns their paths. They are written for every run, also one that never began.
 */
export async function writeReports(report: Report, dir: string): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  const write = async (name: string, content: string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, content);
    return path;
  };
  const badge = badgeOf(report);
  // First what no renderer can break: the evidence.
  const json = await write("report.json", `${JSON.stringify(report)}\n`);
  const html = await write("index.html", await renderHtml([report]));
  const junit = await write("junit.xml", renderJunit(report));
  const summary = await write("summary.md", renderMarkdown(report));
  const badgeJson = await write("badge.json", `${JSON.stringify(badge)}\n`);
  const badgeSvg = await write("badge.svg", renderBadge(badge));
  return [html, json, junit, summary, badgeJson, badgeSvg];
}

/** Writes one index.html for several reports, each a peer of its own, and returns its path. */
export async function writeComparison(reports: readonly Report[], dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, "index.html");
  await writeFile(path, await renderHtml(reports));
  return path;
}
