import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

test("every mix finds what its parts find", async () => {
  const { output, code } = await runExample("combination.js");
  expect(code, output).toBe(0);
  const rows = output
    .split("\n")
    .filter((line) => / open /.test(line))
    .map((line) => line.split(/ {2,}/).map((cell) => cell.replace(/ at [\d.]+ s$/, "")));
  expect(rows).toEqual([
    ["none of them", "open", "open", "open"],
    ["keep-alive", "open", "open", "open"],
    ["idle timeout", "open", "idle", "idle"],
    ["keep-alive + idle timeout", "open", "idle", "idle"],
    ["heartbeat", "open", "open", "peer-silent"],
    ["heartbeat + keep-alive", "open", "open", "peer-silent"],
    ["heartbeat + idle timeout", "open", "idle", "peer-silent"],
    ["all three", "open", "idle", "peer-silent"],
  ]);
}, 60_000);
