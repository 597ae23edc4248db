import { spawnSync } from "node:child_process";

const NAMES = ["/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome-stable"];

/** The program to run; undefined if there is none. */
export function findChromium(): string | undefined {
  const wanted = process.env["PULSEWIRE_CHROMIUM"];
  const names = wanted === undefined ? NAMES : [wanted];
  return names.find((name) => spawnSync(name, ["--version"]).status === 0);
}
