import { describe, it } from "vitest";
import { createRuntime } from "../../src/driver/index.ts";
import { platformClock } from "../../src/memory/clock.ts";
import { linkPair } from "../../src/memory/index.ts";
import { transportSuite } from "../../src/testing/index.ts";

transportSuite(
  {
    name: "memory",
    setup: async () => ({
      links: async () => linkPair({ latencyMs: 1 }),
      close: async () => {},
    }),
    capabilities: {},
    runtime: createRuntime(platformClock),
  },
  { describe, it },
);
