import { expect, test } from "vitest";
import type { Link, Runtime } from "../../src/driver/index.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { connect, listen } from "../../src/tcp/index.ts";
import { judgesBeforeReading, linkFaults, transportSuite } from "../../src/testing/index.ts";
import { bindingFixture } from "./links.ts";

/** Runs the one case on TCP, broken, with a peer in a process of its own. */
async function runCase(
  which: RegExp,
  breakLink: (link: Link) => Link,
  runtime: Runtime,
): Promise<void> {
  const found: (() => Promise<void>)[] = [];
  transportSuite(
    {
      name: "broken",
      setup: async () => {
        const fixture = await bindingFixture({
          listen: (options) => listen({ port: 0, ...options }),
          connect: (address, options) => connect({ ...hostOf(address), ...options }),
          peer: "tcp",
        });
        const { peers } = fixture;
        return {
          ...fixture,
          peers: async (count) => {
            if (peers === undefined) throw new Error("no peers");
            const remote = await peers(count);
            return { ...remote, links: remote.links.map(breakLink) };
          },
        };
      },
      capabilities: { peerProcess: true },
      runtime,
    },
    {
      describe: (_, body) => body(),
      it: (name, body) => {
        if (which.test(name)) found.push(body);
      },
    },
  );
  expect(found).toHaveLength(1);
  await found[0]?.();
}

const hostOf = (address: string) => {
  const { hostname: host, port } = new URL(address);
  return { host, port: Number(port) };
};

test("PW-CLK-2: a clock that judges before it reads kills peers that beat, and the suite notices", async () => {
  const run = runCase(/^a stall/, (link) => link, judgesBeforeReading(nodeRuntime));
  await expect(run).rejects.toThrow(/ends after a stall .*peer-silent/);
}, 60_000);

test("a link that takes anything for life never finds a frozen peer, and the suite notices", async () => {
  const broken = linkFaults["takes anything for life"]?.();
  if (broken === undefined) throw new Error("no such fault");
  await expect(runCase(/^20 peers/, broken, nodeRuntime)).rejects.toThrow(/no verdict/);
}, 60_000);
