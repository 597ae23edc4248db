import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("../../", import.meta.url));

test("a bundle does without long: there is no 64-bit field, and docs/browser.md says how", async () => {
  const input = "entry";
  const build = await rolldown({
    input,
    cwd,
    platform: "browser",
    resolve: { alias: { long: false } },
    plugins: [
      {
        name: input,
        resolveId: (id) => (id === input ? `\0${input}` : undefined),
        load: (id) => (id === `\0${input}` ? 'export * from "pulsewire/core";' : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  await build.close();
  expect(output[0].moduleIds.filter((id) => /node_modules\/long\//.test(id))).toEqual([]);
  const { decodeFrame, encodeFrame } = await import(
    `data:text/javascript,${encodeURIComponent(output[0].code)}`
  );
  const heartbeat = {
    heartbeatTimeMs: 3_600_000,
    replyRequested: true,
    timestamp: 2 ** 32 - 1,
    echo: 2 ** 31,
    heldUs: 2 ** 32 - 1,
    lowestVersion: 1,
  };
  const frame = { version: 1, body: "heartbeat", heartbeat };
  expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  const close = { code: 4711, reason: "ž", retryAfterMs: 2 ** 32 - 1, lowestVersion: 1 };
  const last = { version: 1, body: "close", close };
  expect(decodeFrame(encodeFrame(last))).toEqual(last);
});
