// What must be true of an end that was cut off, from what it said and what the others saw. Pure.
import { other } from "./faults.mjs";

/** @typedef {import("./faults.mjs").Role} Role */
/** @typedef {{ heartbeatTimeMs: number, heartbeatSlackTimeMs: number }} Times */
/**
 * @typedef {object} Problem What was expected, and what was seen instead.
 * @property {string} text
 * @property {number} [explainedByMs] A wait for a processor of so many ms would explain it. Only what
 *   is late can be explained so.
 */

/**
 * @typedef {object} Observed One end, after a fault.
 * @property {Role} role
 * @property {boolean} hearing It still heard the other after the fault.
 * @property {import("../../sdk/dist/index.js").ConnectionEnd} end
 * @property {boolean} byHeartbeat
 * @property {number} endedAt
 * @property {number} heardAt When it last heard a heartbeat.
 * @property {number} faultBy The fault had come by then.
 * @property {number} [headStartMs] The last octet may have come so long before the fault at least.
 */

/** HEARTBEAT_TIMEOUT in docs/protocol.md. */
const HEARTBEAT_TIMEOUT = 3;
/** Between the moment something happens in a peer and the moment it says so, in ms. */
const GRAIN_MS = 10;

/** From the last octet to the verdict, at most [PW-LIV-3, PW-LIV-5]. @param {Times} times */
export function boundMs({ heartbeatTimeMs, heartbeatSlackTimeMs }) {
  return heartbeatTimeMs + heartbeatSlackTimeMs + Math.max(heartbeatTimeMs / 4, 100);
}

/**
 * From the fault to the verdict, at most. Who hears nothing has heard its last octet before the
 * fault. Who still hears has heard it before the other, which does not, gave up: twice the time.
 *
 * @param {Times} times
 * @param {{ hearing: boolean, headStartMs?: number | undefined }} end
 */
export function boundSinceFaultMs(times, { hearing, headStartMs = 0 }) {
  return (hearing ? 2 : 1) * boundMs(times) - headStartMs;
}

/**
 * @param {Times} times
 * @param {Observed} seen
 * @returns {Problem[]}
 */
export function judge(times, seen) {
  const { heartbeatTimeMs, heartbeatSlackTimeMs } = times;
  const { role, end, hearing } = seen;
  /** @type {Problem[]} */
  const problems = [];
  /** @type {(isSo: boolean, what: string, explainedByMs?: number) => void} */
  const expect = (isSo, what, explainedByMs) => {
    const text = `${role}: expected ${what}`;
    if (!isSo) problems.push(explainedByMs === undefined ? { text } : { text, explainedByMs });
  };

  if (end.kind === "peer-silent") {
    const { evidence } = end;
    const least = heartbeatTimeMs + heartbeatSlackTimeMs;
    const seenMs = `, seen ${Math.round(evidence.silentForMs)} ms`;
    expect(evidence.silentForMs >= least, `no verdict before ${least} ms of silence${seenMs}`); // PW-LIV-4
    expect(
      evidence.heartbeatTimeMs === heartbeatTimeMs,
      `a heartbeat-time of ${heartbeatTimeMs} ms, its own or adopted, seen ${evidence.heartbeatTimeMs}`,
    );
    const probeLeadMs = heartbeatSlackTimeMs / 2;
    expect(
      evidence.probedAgoMs !== undefined,
      `a probe ${probeLeadMs} ms before the verdict, seen none: ${JSON.stringify(evidence)}`, // PW-PRB-1
      probeLeadMs - GRAIN_MS,
    );
  } else {
    // The other end hears nothing and hangs up; its farewell may come through [PW-LIV-6].
    const isTold =
      end.kind === "closed" && end.by === "remote" && end.code === HEARTBEAT_TIMEOUT && hearing;
    const told = hearing ? `, or Close(HEARTBEAT_TIMEOUT) of the ${other(role)}` : "";
    expect(isTold, `peer-silent${told}, seen ${JSON.stringify(end)}`);
  }
  expect(seen.byHeartbeat, "endedByHeartbeat(end) to be true, seen false");

  const silentMs = seen.endedAt - seen.heardAt;
  const sinceFaultMs = seen.endedAt - seen.faultBy;
  const lateByMs = Math.max(
    silentMs - boundMs(times) - GRAIN_MS,
    sinceFaultMs - boundSinceFaultMs(times, seen) - GRAIN_MS,
    end.kind === "peer-silent" ? end.evidence.silentForMs - boundMs(times) : 0,
    0,
  );
  expect(
    lateByMs === 0,
    `a verdict within ${boundMs(times)} ms of the last octet and ${boundSinceFaultMs(times, seen)} ms of the fault, ` +
      `seen ${Math.round(silentMs)} and ${Math.round(sinceFaultMs)} ms`,
    lateByMs,
  );
  return problems;
}
