import { describe, it } from "vitest";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { connect, listen } from "../../src/tcp/index.ts";
import { transportSuite } from "../../src/testing/index.ts";
import { bindingFixture, MAX_FRAME_BYTES } from "./links.ts";

transportSuite(
  {
    name: "tcp",
    setup: () =>
      bindingFixture({
        listen: (options) => listen({ port: 0, ...options }),
        connect: (address, options) => {
          const { hostname: host, port } = new URL(address);
          return connect({ host, port: Number(port), ...options });
        },
        peer: "tcp",
      }),
    capabilities: { maxFrameBytes: MAX_FRAME_BYTES, peerProcess: true },
    runtime: nodeRuntime,
  },
  { describe, it },
);
