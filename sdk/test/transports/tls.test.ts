import { generate } from "selfsigned";
import { describe, it } from "vitest";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { connect, listen } from "../../src/tcp/index.ts";
import { transportSuite } from "../../src/testing/index.ts";
import { bindingFixture, MAX_FRAME_BYTES } from "./links.ts";

const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
  keyType: "ec",
});

transportSuite(
  {
    name: "tls",
    setup: () =>
      bindingFixture({
        listen: (options) => listen({ port: 0, tls: { key, cert }, ...options }),
        connect: (address, options) => {
          const { hostname: host, port } = new URL(address);
          // The peer process makes a certificate of its own; who it is, is not what is tested here.
          const tls = { rejectUnauthorized: false };
          return connect({ host, port: Number(port), tls, ...options });
        },
        peer: "tls",
      }),
    capabilities: { maxFrameBytes: MAX_FRAME_BYTES, peerProcess: true },
    runtime: nodeRuntime,
  },
  { describe, it },
);
