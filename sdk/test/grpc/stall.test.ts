import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { credentials, Client as RawClient } from "@grpc/grpc-js";
import { type Clock, createRuntime, Session } from "pulsewire";
import { listen } from "pulsewire/grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { ClientGrpcLink } from "../../src/grpc/client-link.ts";
import { CONNECT_PATH, livenessServiceDefinition } from "../../src/grpc/definition.ts";
import { Child } from "./processes.ts";
import { accepted, closing, Events, hostPort, open, within } from "./support.ts";

const TRIALS = 20;
const STALL_MS = 2000;

/**
 * The peer beats every 150 to 200 ms, so the deadline is 1600 to 1800 ms after
 * the stall began, and the timer less than the slack late: whoever judged before
 * reading would declare a healthy peer down, and PW-CLK-3 would not save it.
 */
const OPTIONS = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 800 };

describe("a side that was stalled itself", () => {
  it("reads what waits before it judges its peer, as client and as server [PW-CLK-2]", {
    timeout: 120_000,
  }, async () => {
    const events = new Events();
    const listener = closing(await listen({ ...OPTIONS, onEvent: events.onEvent }));
    const child = new Child("peer.mjs", listener.address);
    const url = await child.line();
    const server = await accepted(listener);
    const client = await open({ url, ...OPTIONS, onEvent: events.onEvent });
    for (let trial = 0; trial < TRIALS; trial++) {
      await beats(events, 2 + (trial % 5));
      stall();
    }
    await beats(events, 2);
    expect([client.state, server.state]).toEqual(["open", "open"]);
    // Not even suspected, and never in need of the pardon for lateness.
    const unwanted = new Set(["suspect", "pardoned", "ended"]);
    expect(events.types().filter((type) => unwanted.has(type))).toEqual([]);
  });

  it("would kill its peer if it did not read first", async () => {
    const child = new Child("peer.mjs");
    const rawClient = new RawClient(hostPort(await child.line()), credentials.createInsecure());
    onTestFinished(() => rawClient.close());
    const { requestSerialize, responseDeserialize } = livenessServiceDefinition.connect;
    const call = rawClient.makeBidiStreamRequest(
      CONNECT_PATH,
      requestSerialize,
      responseDeserialize,
      new (await import("@grpc/grpc-js")).Metadata(),
    );
    const hasty: Clock = {
      now: () => performance.now(),
      wallNow: () => Date.now(),
      schedule: (at, run) => {
        const timer = setTimeout(run, Math.max(0, at - performance.now()));
        return () => clearTimeout(timer);
      },
      afterRead: (run) => run(),
      endOfTurn: (run) => process.nextTick(run),
    };
    const events = new Events();
    const link = new ClientGrpcLink(call, "peer", "grpc");
    const options = { ...OPTIONS, onEvent: events.onEvent };
    const session = Session.open(link, options, createRuntime(hasty));
    onTestFinished(() => session.abort());
    let pardons = -1;
    const pardoned = () => events.types().filter((type) => type === "pardoned").length;
    // A stall that the machine makes longer than this one is pardoned [PW-CLK-3], and shows nothing.
    while (session.end === undefined && pardoned() > pardons) {
      pardons = pardoned();
      await beats(events, 3);
      await turn(); // from here the loop comes to its timers before it reads
      stall();
      await Promise.race([session.closed, wait(500)]);
    }
    expect(await within(session.closed)).toMatchObject({ kind: "peer-silent" });
  });
});

/** `count` more heartbeats from the peers. */
async function beats(events: Events, count: number): Promise<void> {
  const heard = (): number => events.types().filter((type) => type === "heartbeat-received").length;
  const enough = heard() + count;
  await within(
    new Promise<void>((resolve) => {
      const looking = setInterval(() => {
        if (heard() < enough) return;
        clearInterval(looking);
        resolve();
      }, 10);
    }),
    10_000,
    "hearing the peer",
  );
}

/** Keeps this process from doing anything else. */
function stall(): void {
  const until = performance.now() + STALL_MS;
  while (performance.now() < until) {}
}
