import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("what a browser loads reaches neither Node's modules nor ws", () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const walk = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const text = readFileSync(fileURLToPath(url), "utf8");
    for (const [, name = ""] of text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
      if (name.startsWith(".")) walk(new URL(name, url));
      else packages.add(name);
    }
  };
  walk(new URL("../../dist/browser/index.js", import.meta.url));
  expect(seen.size).toBeGreaterThan(10);
  expect([...packages].filter((name) => !name.startsWith("#gen"))).toEqual([
    "protobufjs/minimal.js",
  ]);
  const paths = [...seen].join("\n");
  expect(paths).not.toMatch(/\/(node|ws|tcp|grpc|cli|testing)\//);
});
