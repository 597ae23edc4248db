import { findChromium } from "./chromium-program.ts";

/** Before the tests of this folder: says what is missing, once, and fails if it must not be. */
export default function requireChromium(): void {
  if (findChromium() !== undefined) return;
  const how =
    'the tests in a browser need Chromium: "apt-get install chromium", or name its program in PULSEWIRE_CHROMIUM';
  if (process.env["PULSEWIRE_REQUIRE_CHROMIUM"] === "1") throw new Error(how);
  console.log(`skipped: ${how}`);
}
