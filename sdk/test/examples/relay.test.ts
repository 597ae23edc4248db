import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const EXAMPLE = fileURLToPath(new URL("../../examples/relay.js", import.meta.url));

test("both programs are told of the cut link", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE], { timeout: 20_000 });
  expect(stdout).toContain("the client heard: you said hello");
  expect(stdout).toMatch(/the relay says: leg "to", silent for \d+ ms/);
  for (const who of ["client", "server"]) {
    const after = new RegExp(`the ${who} was told after (\\d+) ms: ECONNRESET`).exec(stdout)?.[1];
    // Heartbeat-time and slack count from the last octet, which may be one heartbeat-time old.
    expect(Number(after)).toBeGreaterThan(400);
  }
});
