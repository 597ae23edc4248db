import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const folder = new URL("../../examples/", import.meta.url);

test.each([
  ["reconnect.js", "stands still"],
  ["paused.js", "is stopped"],
])("%s leaves no stopped process when it is told to end", async (file, words) => {
  const example = spawn(process.execPath, [fileURLToPath(new URL(file, folder))], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void example.kill("SIGKILL"));
  example.stderr.resume();
  let output = "";
  example.stdout.on("data", (octets: Buffer) => {
    output += octets;
  });
  await expect.poll(() => output, { timeout: 20_000 }).toContain(words);
  example.kill("SIGTERM");
  // Its children hold its outputs: the end of these is the end of them all.
  expect((await once(example, "close"))[0]).toBe(1);
});
