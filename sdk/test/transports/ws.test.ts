import { describe, it } from "vitest";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { transportSuite } from "../../src/testing/index.ts";
import { connect, listen } from "../../src/ws/index.ts";
import { bindingFixture, MAX_FRAME_BYTES } from "./links.ts";

transportSuite(
  {
    name: "ws",
    setup: () =>
      bindingFixture({
        listen: (options) => listen({ port: 0, ...options }),
        connect: (url, options) => connect({ url, ...options }),
        peer: "ws",
      }),
    capabilities: { maxFrameBytes: MAX_FRAME_BYTES, peerProcess: true },
    runtime: nodeRuntime,
  },
  { describe, it },
);
