/** The files of a matrix. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renderPage } from "../../report/html/page.ts";
import type { MatrixReport } from "../model.ts";
import { renderMatrixJunit } from "./junit.ts";
import { pageData } from "./page-data.ts";

/** Writes index.html, matrix.json and junit.xml into `dir`, which is made if it is missing; returns their paths. */
export async function writeMatrix(report: MatrixReport, dir: string): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  const write = async (name: string, content: string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, content);
    return path;
  };
  // First what no renderer can break: the evidence.
  const json = await write("matrix.json", `${JSON.stringify(report)}\n`);
  const html = await write("index.html", await renderPage("matrix", pageData(report)));
  const junit = await write("junit.xml", renderMatrixJunit(report));
  return [html, json, junit];
}
