import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Tests import the packages by name, so they run against dist/: build first (`npm test` does).
export default defineConfig({
  test: {
    // Most tests wait for a connection, and not for a processor: one at a time takes twice as long.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    projects: [
      ...["sdk", "conformance"].map((name) => ({
        test: {
          name,
          root: name,
          include: ["test/**/*.test.ts"],
          exclude: ["test/chromium/**"],
          // Limits for what hangs, not judgements of speed: machines are shared.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 20_000 } },
        },
      })),
      // Not part of `npm test`: see `npm run test:browser`.
      {
        test: {
          name: "browser",
          root: "sdk",
          include: ["test/chromium/**/*.test.ts"],
          globalSetup: ["test/chromium/require.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
          // After the others, and few at a time: a Chromium is several processes by itself.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      reportsDirectory: "coverage",
    },
  },
});
