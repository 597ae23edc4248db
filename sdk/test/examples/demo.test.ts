import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { runExample } from "./run-example.ts";

// What its page does is tried in a browser: sdk/test/chromium/demo.test.ts.
test("demo: says where it is, and ends when it is told to", async () => {
  const { output, code } = await runExample("demo/main.js", "--port", "0", "--for", "100ms");
  expect(output).toMatch(/^open http:\/\/127\.0\.0\.1:\d+\/ in a browser.*\n$/);
  expect(code).toBe(0);
});

test.each([
  [["--for", "soon"], "--for takes a time such as 30s; got soon"],
  [["--for", "5x"], "--for takes a time such as 30s; got 5x"],
  [["--port", "abc"], "--port takes 0 to 65535; got abc"],
  [["--prot", "1"], "Unknown option '--prot'"],
])("demo: %s is refused in one line", async (args, message) => {
  const { output, code } = await runExample("demo/main.js", ...args);
  expect(output).toContain(`demo: ${message}`);
  expect(output).toMatch(/^.*\n$/);
  expect(code).toBe(2);
});

test("demo: a port that is taken is told in one line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { output, code } = await runExample("demo/main.js", "--port", String(port));
  expect(output).toMatch(/^demo: port \d+ is taken: .*--port\n$/);
  expect(code).toBe(2);
});
