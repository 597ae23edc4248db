import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { connect, listen } from "../../src/tcp/index.ts";
import { transportSuite } from "../../src/testing/index.ts";
import { bindingFixture, MAX_FRAME_BYTES } from "./links.ts";

transportSuite(
  {
    name: "unix",
    setup: () =>
      bindingFixture({
        listen: (options) =>
          listen({ path: join(mkdtempSync(join(tmpdir(), "pulsewire-")), "test"), ...options }),
        connect: (address, options) => connect({ path: address.replace(/^unix:/, ""), ...options }),
        peer: "unix",
      }),
    capabilities: { maxFrameBytes: MAX_FRAME_BYTES, peerProcess: true },
    runtime: nodeRuntime,
  },
  { describe: process.platform === "win32" ? describe.skip : describe, it },
);
