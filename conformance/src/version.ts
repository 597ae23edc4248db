/** The version of this suite, as its package says it. */
import { readFileSync } from "node:fs";

const PACKAGE_URL = new URL("../package.json", import.meta.url);

export function readSuiteVersion(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE_URL, "utf8")) as { readonly version: string };
  return version;
}
