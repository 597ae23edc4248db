import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect as dial } from "node:net";
import { fileURLToPath } from "node:url";
import type { ConnectionEnd, Session, SessionEvent } from "pulsewire";
import { connect, tcpReachable } from "pulsewire/tcp";
import { afterEach, describe, expect, test } from "vitest";

const HEARTBEAT_MS = 200;
const SLACK_MS = 300;
const PATIENCE_MS = HEARTBEAT_MS + SLACK_MS;
const TIMEOUT_MS = 1000;
const EXTENSIONS = 4;
/** [PW-LIV-5]: how late each judgement may be. */
const LATE_MS = Math.max(HEARTBEAT_MS / 4, 100);

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = once(child, "exit");
    child.kill("SIGKILL"); // also of one that is stopped
    await gone;
  }
});

/** As long as a busy machine may leave a process waiting that was let go on. */
const PATIENT = 50;

/** A peer in a process of its own, and a session with it. */
async function meet(maxExtensions = PATIENT) {
  const child = fork(fileURLToPath(new URL("./silent-peer.js", import.meta.url)));
  children.push(child);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  const events: SessionEvent[] = [];
  let wake = () => {};
  const address = { host: "127.0.0.1", port };
  const session = await connect({
    ...address,
    heartbeatTimeMs: HEARTBEAT_MS,
    heartbeatSlackTimeMs: SLACK_MS,
    confirmDown: tcpReachable({ ...address, timeoutMs: TIMEOUT_MS, maxExtensions }),
    onEvent: (event) => {
      events.push(event);
      wake();
    },
  });
  const messages = session[Symbol.asyncIterator]();
  const echo = async (text: string) => {
    session.send(text);
    const { value } = await messages.next();
    return new TextDecoder().decode(value);
  };
  expect(await echo("hello")).toBe("hello");
  /** Waits for the `count`th event of a type; the test's own time limit bounds it. */
  const told = async (type: SessionEvent["type"], count = 1) => {
    const found = () => events.filter((event) => event.type === type).length;
    while (found() < count && session.end === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return found();
  };
  return { child, port, session, messages, echo, events, told };
}

function evidenceOf(end: ConnectionEnd) {
  if (end.kind !== "peer-silent") throw new Error(`ended as ${end.kind}`);
  return end.evidence;
}

/**
 * The latest that a verdict after `extensions` answers may come: each judgement
 * as late as it may be, or as late as this machine made it.
 */
const latest = (session: Session, extensions: number) => {
  const { lateByMs, pardoned, silentForMs } = evidenceOf(session.end as ConnectionEnd);
  const bound = PATIENCE_MS + extensions * (TIMEOUT_MS + PATIENCE_MS);
  // A pardon says that this process stood still for longer than slack, and how long nobody knows.
  return pardoned ? silentForMs : bound + (2 * extensions + 1) * LATE_MS + lateByMs;
};

describe.skipIf(process.platform === "win32")("a process that is stopped", () => {
  test("PW-LIV-12, PW-LIV-14: and goes on within the bound: the same session, nothing lost", async () => {
    const { child, session, messages, echo, events, told } = await meet();
    child.kill("SIGSTOP");
    events.length = 0; // what a busy machine had raised and settled before is not the subject
    for (const text of ["one", "two", "three"]) session.send(text);
    // By what this side found, and not by a clock: a busy machine makes both slow.
    expect(await told("extended", 2)).toBe(2);
    events.length = 0;
    child.kill("SIGCONT");
    expect(await told("recovered")).toBe(1);
    for (const text of ["one", "two", "three"]) {
      const { value } = await messages.next();
      expect(new TextDecoder().decode(value)).toBe(text);
    }
    expect(await echo("again")).toBe("again");
    expect(session.end).toBeUndefined();
    const recovered = events.find(({ type }) => type === "recovered");
    expect(recovered).toMatchObject({ silentForMs: expect.any(Number) });
    // Without the hook it would have been down by then.
    const silentForMs = recovered?.type === "recovered" ? recovered.silentForMs : 0;
    expect(silentForMs).toBeGreaterThan(PATIENCE_MS + LATE_MS);
    await session.close();
  });

  test("PW-OUT-4: and is sent more than its system takes: given time to read as well", async () => {
    const { child, session, messages, events, told } = await meet();
    child.kill("SIGSTOP");
    events.length = 0;
    const length = 65_536;
    for (let sent = 0; sent < 200; sent += 1) session.send(new Uint8Array(length).fill(sent));
    expect(session.unsentBytes).toBeGreaterThan(0); // the heartbeats wait behind what the kernel has
    expect(await told("extended", 2)).toBe(2);
    events.length = 0;
    child.kill("SIGCONT");
    for (let read = 0; read < 200; read += 1) {
      const { value } = await messages.next();
      expect([value?.length, value?.[0], session.end]).toEqual([length, read, undefined]);
    }
    expect(events.map(({ type }) => type)).toContain("recovered");
    await session.close();
  });

  test("PW-LIV-13, PW-PRB-6: and stays so is down within the bound, asked once each time", async () => {
    const { child, session, events } = await meet(EXTENSIONS);
    child.kill("SIGSTOP");
    events.length = 0;
    const evidence = evidenceOf(await session.closed);
    const extended = events.filter(({ type }) => type === "extended");
    const probes = events.filter((event) => {
      return event.type === "heartbeat-sent" && event.cause === "probe";
    });
    expect(evidence.extensions).toBe(EXTENSIONS);
    expect(extended).toHaveLength(EXTENSIONS);
    // And one for the suspicion, unless this machine came to it only at the deadline.
    expect(probes.length).toBeGreaterThanOrEqual(EXTENSIONS);
    expect(probes.length).toBeLessThanOrEqual(1 + EXTENSIONS + (evidence.pardoned ? 1 : 0));
    expect(evidence.silentForMs).toBeGreaterThanOrEqual((1 + EXTENSIONS) * PATIENCE_MS - 1);
    expect(evidence.silentForMs).toBeLessThanOrEqual(latest(session, EXTENSIONS));
  });

  test("and whose port refuses by then is down at its deadline", async () => {
    const { child, port, session } = await meet();
    child.send("no more");
    while (await accepts(port)) {} // as soon as it has heard that
    child.kill("SIGSTOP");
    const evidence = evidenceOf(await session.closed);
    expect(evidence.extensions).toBe(0);
    expect(evidence.silentForMs).toBeGreaterThanOrEqual(PATIENCE_MS - 1);
    // The refusal comes at once, so no answer time is spent; what is left is judged twice.
    const late = evidence.pardoned ? evidence.silentForMs : 2 * LATE_MS + evidence.lateByMs;
    expect(evidence.silentForMs).toBeLessThanOrEqual(PATIENCE_MS + TIMEOUT_MS / 2 + late);
  });
});

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial({ host: "127.0.0.1", port });
    socket.on("error", () => resolve(false));
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
