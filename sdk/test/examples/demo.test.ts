import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

// What its page does is tried in a browser: sdk/test/chromium/demo.test.ts.
test("demo: says where it is, and ends when it is told to", async () => {
  const { output, code } = await runExample("demo/main.js", "--port", "0", "--for", "100ms");
  expect(output).toMatch(/^open http:\/\/127\.0\.0\.1:\d+\/ in a browser.*\n$/);
  expect(code).toBe(0);
});

test("demo: a time that is none is refused", async () => {
  const { output, code } = await runExample("demo/main.js", "--port", "0", "--for", "soon");
  expect(output).toContain("--for takes a time such as 5s; got soon");
  expect(code).toBe(1);
});
