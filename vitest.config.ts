import { defineConfig } from "vitest/config";

// Tests import the packages by name, so they run against dist/: build first (`npm test` does).
export default defineConfig({
  test: {
    projects: ["sdk", "conformance"].map((name) => ({
      test: {
        name,
        root: name,
        include: ["test/**/*.test.ts"],
        // A limit for what hangs, not a judgement of speed: machines are shared.
        testTimeout: 30_000,
      },
    })),
    coverage: {
      reportsDirectory: "coverage",
    },
  },
});
