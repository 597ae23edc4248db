import { describe, it } from "vitest";
import { WebSocket } from "ws";
import { connect } from "../../src/browser/index.ts";
import { browserRuntime } from "../../src/browser/runtime.ts";
import { transportSuite } from "../../src/testing/index.ts";
import { listen } from "../../src/ws/index.ts";
import { bindingFixture, MAX_FRAME_BYTES } from "./links.ts";

transportSuite(
  {
    // The browser's binding over the WebSocket class of ws, against the server that pages dial.
    name: "browser",
    setup: () =>
      bindingFixture({
        listen: (options) => listen({ port: 0, ...options }),
        connect: (url, options) => connect({ url, WebSocket, ...options }),
        peer: "ws",
      }),
    capabilities: { maxFrameBytes: MAX_FRAME_BYTES, peerProcess: true },
    runtime: browserRuntime,
  },
  { describe, it },
);
