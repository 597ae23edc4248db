// What is tried in a lab. Each returns what it found; what it found wrong is in `problems`.
import { setTimeout as sleep } from "node:timers/promises";
import { FAULTS, faultOf, QUICK, ROLES, timesFor } from "./faults.mjs";
import { boundMs, boundSinceFaultMs, judge } from "./judge.mjs";
import { HOST, withPair } from "./pair.mjs";
import { now } from "./peer-process.mjs";

/** @typedef {import("./faults.mjs").Role} Role */
/** @typedef {import("./faults.mjs").Transport} Transport */
/** @typedef {import("./judge.mjs").Problem} Problem */
/** @typedef {import("./pair.mjs").Context} Context */
/**
 * @typedef {object} Found
 * @property {Problem[]} problems
 * @property {number} [starvedMs] How long a peer waited for a processor.
 * @property {boolean} [excused] That explains all that is wrong.
 * @property {Detection[]} [detections]
 * @property {number} [hungForMs]
 * @property {number} [openForMs]
 * @property {number} [gaveUpAfterMs]
 */
/**
 * @typedef {object} Detection One end that found out.
 * @property {Role} role
 * @property {boolean} hearing It still heard the other after the fault.
 * @property {string} kind
 * @property {number} sinceFaultMs From the order to cut to the verdict.
 * @property {number} unsureMs How long it took until the order was carried out.
 * @property {number} boundMs
 */

/** After an end, for the socket below it to go. */
const LET_GO_MS = 1000;
/** How many times the firewall's patience a flow is kept open. */
const KEPT_OPEN_TIMES = 11;

/**
 * Without heartbeats: nobody finds out.
 *
 * @param {Context} context
 * @param {{ fault: string, transport: Transport, victim: Role, hangMs: number }} plan
 * @returns {Promise<Found>}
 */
export function control(context, { fault: name, transport, victim, hangMs }) {
  const fault = faultOf(name);
  const { idleSeconds } = fault;
  return withPair(context, { transport, idleSeconds }, async (lab, peers) => {
    /** @type {Problem[]} */
    const problems = [];
    const expect = (/** @type {boolean} */ isSo, /** @type {string} */ what) => {
      if (!isSo) problems.push({ text: `expected ${what}` });
    };
    // The line works, or what follows shows nothing.
    for (const role of ROLES) peers[role].send("before");
    for (const role of ROLES) {
      await peers[role].until("a message", () => peers[role].hasHeard("before"));
    }
    if (idleSeconds !== undefined) {
      await pause(context, 500); // the last acknowledgement
      const before = await lab.packets();
      await pause(context, idleSeconds * 1000 * 2);
      const { passed } = await lab.packets();
      const extra = passed - before.passed;
      expect(
        extra === 0,
        `an idle flow with no ping of the transport's own, seen ${extra} packets`,
      );
    }
    for (const role of ROLES) {
      const timers = await lab.established(HOST[role]);
      const hasKeepalive = timers.some((line) => line.includes("keepalive"));
      expect(!hasKeepalive, `no TCP keep-alive at the ${role}, seen ${timers.join("; ")}`);
    }
    await fault.strike(lab);
    if (fault.kills) await peers[victim].kill();
    const survivors = ROLES.filter((role) => !fault.kills || role !== victim);
    const struckAt = now();
    for (const role of survivors) peers[role].send("after");
    await pause(context, hangMs);
    for (const role of survivors) {
      const { ended } = peers[role];
      expect(ended === undefined, `the ${role} to hang, seen ${JSON.stringify(ended?.end)}`);
      // The cut is where it should be, and nowhere else.
      const hears = fault.hearing.includes(role);
      const what = `${hears ? "a" : "no"} message at the ${role} after the fault`;
      expect(peers[role].hasHeard("after") === hears, what);
      const sockets = await lab.established(HOST[role]);
      expect(sockets.length === 1, `an established socket at the ${role}, seen ${sockets.length}`);
    }
    return { problems, hungForMs: now() - struckAt };
  });
}

/**
 * With one side configured: whoever still runs finds out, in time, and for the reason that the
 * protocol gives.
 *
 * @param {Context} context
 * @param {{ fault: string, transport: Transport, victim: Role, configured: Role, phase: number }} plan
 *   `phase`: where in a heartbeat-time the fault strikes, 0 to 1.
 * @returns {Promise<Found>}
 */
export function detect(context, { fault: name, transport, victim, configured, phase }) {
  const fault = faultOf(name);
  const { idleSeconds } = fault;
  const times = timesFor(fault);
  return withPair(context, { transport, idleSeconds, configured, times }, async (lab, peers) => {
    for (const role of ROLES) {
      await peers[role].until("a heartbeat", () => peers[role].heardAt !== undefined);
    }
    if (idleSeconds === undefined) await pause(context, times.heartbeatTimeMs * phase);
    let faultFrom = now();
    await fault.strike(lab);
    if (fault.kills) {
      faultFrom = now();
      await peers[victim].kill();
    }
    let faultBy = now();
    const survivors = ROLES.filter((role) => !fault.kills || role !== victim);
    const limitMs = 4 * boundMs(times);
    for (const role of survivors) {
      const peer = peers[role];
      await peer.until("an end", () => peer.ended !== undefined, limitMs);
    }
    if (idleSeconds !== undefined) {
      // What was heard last passed last; the firewall forgot so long after it.
      const passedAt = Math.max(...ROLES.map((role) => peers[role].heardAt ?? 0));
      faultFrom = faultBy = passedAt + idleSeconds * 1000;
    }
    await pause(context, LET_GO_MS);
    /** @type {Problem[]} */
    const problems = [];
    /** @type {Detection[]} */
    const detections = [];
    for (const role of survivors) {
      const { ended, heardAt } = peers[role];
      if (ended === undefined || heardAt === undefined) throw new Error(`the ${role} said nothing`);
      const hearing = fault.hearing.includes(role);
      const headStartMs = idleSeconds === undefined ? 0 : idleSeconds * 1000;
      const wrong = judge(times, {
        role,
        hearing,
        end: ended.end,
        byHeartbeat: ended.byHeartbeat,
        endedAt: ended.at,
        heardAt,
        faultBy,
        headStartMs,
      });
      problems.push(...wrong);
      detections.push({
        role,
        hearing,
        kind: ended.end.kind,
        sinceFaultMs: ended.at - faultFrom,
        unsureMs: faultBy - faultFrom,
        boundMs: boundSinceFaultMs(times, { hearing, headStartMs }),
      });
      if (ended.end.kind === "peer-silent") {
        // PW-LIV-6: the transport too. Who was told instead closes in good order, which may take longer.
        const sockets = await lab.established(HOST[role]);
        if (sockets.length > 0) {
          problems.push({ text: `${role}: expected no socket after the end, seen ${sockets}` });
        }
      }
      const held = await peers[role].leave();
      if (held !== undefined) problems.push({ text: `${role}: expected to exit, seen: ${held}` });
    }
    if (idleSeconds !== undefined) {
      const { swallowed } = await lab.packets();
      if (swallowed === 0) problems.push({ text: "expected a firewall that swallows something" });
    }
    return { problems, detections, ...excuse(problems, peers) };
  });
}

/**
 * Through a firewall that forgets idle flows: heartbeats keep the flow, many times as long.
 *
 * @param {Context} context
 * @param {{ transport: Transport, configured: Role }} plan
 * @returns {Promise<Found>}
 */
export function keepOpen(context, { transport, configured }) {
  const { idleSeconds = 0 } = FAULTS["nat-forgot"];
  const options = { transport, idleSeconds, configured, times: QUICK };
  return withPair(context, options, async (_lab, peers) => {
    const openedAt = now();
    await pause(context, idleSeconds * 1000 * KEPT_OPEN_TIMES);
    const openForMs = now() - openedAt;
    /** @type {Problem[]} */
    const problems = [];
    for (const role of ROLES) peers[role].send("still here");
    for (const role of ROLES) {
      const { ended } = peers[role];
      if (ended === undefined) {
        await peers[role].until("data to pass", () => peers[role].hasHeard("still here"));
        continue;
      }
      const text = `expected an open session at the ${role}, seen ${JSON.stringify(ended.end)}`;
      problems.push({ text, explainedByMs: QUICK.heartbeatSlackTimeMs });
    }
    return { problems, openForMs, ...excuse(problems, peers) };
  });
}

/**
 * The operating system by itself: it gives up a connection on which it waits for an acknowledgement,
 * after so many attempts, and never one on which it only listens. Fifteen attempts, the default of
 * Linux, take more than a quarter of an hour; here it is told three.
 *
 * @param {Context} context
 * @param {{ transport: Transport }} plan
 * @returns {Promise<Found>}
 */
export function system(context, { transport }) {
  return withPair(context, { transport }, async (lab, { client, server }) => {
    for (const host of /** @type {const} */ (["a", "b"]))
      await lab.set(host, "net/ipv4/tcp_retries2=3");
    await pause(context, 500); // the last acknowledgement: nothing waits for one now
    await FAULTS["cut-both"].strike(lab);
    const struckAt = now();
    client.send("is anybody there?");
    await client.until("the kernel to give up", () => client.ended !== undefined);
    await pause(context, 2000);
    /** @type {Problem[]} */
    const problems = [];
    const end = client.ended?.end;
    if (end?.kind !== "link-lost") {
      const text = `expected link-lost at the client, which sent, seen ${JSON.stringify(end)}`;
      problems.push({ text });
    }
    if (server.ended !== undefined) {
      const seen = JSON.stringify(server.ended.end);
      problems.push({ text: `expected the server, which only listens, to hang, seen ${seen}` });
    }
    return { problems, gaveUpAfterMs: (client.ended?.at ?? struckAt) - struckAt };
  });
}

/** @param {Context} context @param {number} ms */
function pause({ signal }, ms) {
  return sleep(ms, undefined, { signal });
}

/** @param {Problem[]} problems @param {import("./pair.mjs").Pair} peers */
function excuse(problems, peers) {
  const starvedMs = Math.max(...ROLES.map((role) => peers[role].starvedMs));
  const isExplained = ({ explainedByMs = Number.POSITIVE_INFINITY }) => explainedByMs <= starvedMs;
  return { starvedMs, excused: problems.length > 0 && problems.every(isExplained) };
}
