import { describe, it } from "vitest";
import { connect, listen } from "../../src/grpc/index.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { transportSuite } from "../../src/testing/index.ts";
import { bindingFixture } from "./links.ts";

transportSuite(
  {
    name: "grpc",
    setup: () =>
      bindingFixture({
        listen: (options) => listen({ port: 0, ...options }),
        connect: (url, options) => connect({ url, ...options }),
        peer: "grpc",
      }),
    // No limit to look at: grpc-js ends the call of a server by itself [PW-GRPC-8].
    capabilities: { acceptorWaits: true, peerProcess: true },
    runtime: nodeRuntime,
  },
  { describe, it },
);
