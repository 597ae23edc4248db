import type { Session, SessionEvent } from "pulsewire";
import { describe, expect, it } from "vitest";
import type { TransportName } from "../src/model.ts";
import { Application } from "../src/sdk-testee/application.ts";
import { BINDINGS } from "../src/sdk-testee/bindings.ts";
import { connectLegacy, type LegacySession, listenLegacy } from "../src/sdk-testee/legacy.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];

/** The two ends of one connection: the legacy side echoes, and the other expects no heartbeats. */
async function pair(
  transport: TransportName,
  dialer: "legacy" | "sdk",
  onEvent: (event: SessionEvent) => void,
): Promise<{ legacy: LegacySession; session: Session; release: () => void }> {
  const options = { heartbeatTimeMs: 100, peerHeartbeats: "optional", onEvent } as const;
  const binding = BINDINGS[transport];
  if (dialer === "sdk") {
    let accept: (session: LegacySession) => void = () => undefined;
    const accepted = new Promise<LegacySession>((resolve) => {
      accept = resolve;
    });
    const listener = await listenLegacy(transport, (session) => accept(session));
    const session = await binding.connect(listener.address, options);
    return { legacy: await accepted, session, release: () => listener.close() };
  }
  let accept: (session: Session) => void = () => undefined;
  const accepted = new Promise<Session>((resolve) => {
    accept = resolve;
  });
  const listener = await binding.listen({ ...options, onSession: (session) => accept(session) });
  const port = Number(/:(\d+)\/?$/.exec(listener.address)?.[1]);
  const legacy = await connectLegacy(transport, { host: "127.0.0.1", port });
  return { legacy, session: await accepted, release: () => void listener.close() };
}

describe.each(TRANSPORTS)("a peer from before heartbeats over %s", (transport) => {
  it.each(["legacy", "sdk"] as const)("echoes and never beats, dialled by %s", async (dialer) => {
    const events: SessionEvent[] = [];
    let onBeat: () => void = () => undefined;
    const beaten = new Promise<void>((resolve) => {
      onBeat = resolve;
    });
    const { legacy, session, release } = await pair(transport, dialer, (event) => {
      events.push(event);
      if (event.type === "heartbeat-sent" && event.cause === "cadence") onBeat();
    });
    new Application(legacy, { reply: "echo" });
    const large = new Uint8Array(200_000).fill(7);
    session.send(large);
    const echoes = session[Symbol.asyncIterator]();
    expect((await echoes.next()).value).toEqual(large);
    // Once it has beaten by its clock the legacy side has had every reason to answer in kind.
    await beaten;
    session.send("still there");
    expect(new TextDecoder().decode((await echoes.next()).value)).toBe("still there");
    expect(events.filter((event) => event.type === "heartbeat-received")).toEqual([]);

    legacy.close({ code: 2, reason: "enough" });
    expect(await session.closed).toMatchObject({
      kind: "closed",
      by: "remote",
      code: 2,
      reason: "enough",
    });
    await legacy.closed;
    expect(legacy.state).toBe("closed");
    release();
  });

  it("goes when it is told to", async () => {
    const { legacy, session, release } = await pair(transport, "sdk", () => undefined);
    await session.close();
    await legacy.closed;
    release();
  });
});
