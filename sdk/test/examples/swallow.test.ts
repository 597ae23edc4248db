import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

test("swallow: without heartbeats neither end knows, with them both do", async () => {
  const { output, code } = await runExample("swallow.js");
  const [, without = "", withThem = ""] = output.split(/^without heartbeats$|^heartbeat-time.*$/m);
  for (const name of ["TCP", "WebSocket", "gRPC"]) {
    expect(without).toMatch(
      new RegExp(
        `^  ${name} +client still open after [6-9]\\.\\d s, server still open after [6-9]\\.\\d s$`,
        "m",
      ),
    );
    const ends = `client peer-silent after (\\S+) s, server peer-silent after (\\S+) s`;
    const [, ...seconds] = new RegExp(`^  ${name} +${ends}$`, "m").exec(withThem) ?? [];
    expect(seconds).toHaveLength(2);
    // Whoever hears nothing knows no sooner than the slack after the fault [PW-LIV-4].
    for (const each of seconds) expect(Number(each)).toBeGreaterThanOrEqual(0.5);
  }
  expect(code).toBe(0);
});
