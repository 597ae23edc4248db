import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "../../framework/children.mjs";
import { openFilesLimit } from "../../framework/machine.mjs";

const LOAD = new URL("../../loads/idle-load.mjs", import.meta.url);
const HEARTBEAT_TIME_MS = 5000;
const SLACK_MS = 2000;
/** Of the sessions, opened before memory is looked at first: what code and heap cost once is not theirs. */
const FIRST_SHARE = 0.2;
const FIRST_LEAST = 500;
const SESSIONS = { quick: 1000, full: 5000 };
const OPEN_OVER = { quick: 1, full: 2 };
/** Files of a process that are not its sessions. */
const OTHER_FILES = 200;

/**
 * @typedef {object} IdleContender
 * @property {string} name
 * @property {import("./server.mjs").Start} start
 * @property {import("../../loads/wires/index.mjs").WireName} wire
 * @property {number} [sessions] Where it is not as many as the others have.
 * @property {boolean} [inQuick] False: left out with --quick.
 *
 * @typedef {object} IdleOptions
 * @property {string} cpuId
 * @property {string} memoryId
 * @property {readonly import("../../framework/row.mjs").RowFacts[]} rows Both of them.
 * @property {readonly IdleContender[]} contenders
 * @property {{ quick: number, full: number }} [sessions] Of each that does not say itself.
 * @property {boolean} [inTurn] They open their sessions one after the other, for want of processors; all at once if absent.
 * @property {{ quick: number, full: number }} [openOver] Heartbeat-times in which they are opened; 1 and 2 if absent.
 *
 * @typedef {IdleContender & { server: import("./server.mjs").IdleServer, load: import("../../framework/children.mjs").Child, firstBytes: number, count: number }} Running
 */

/**
 * Servers of idle sessions beside each other, each in a process of its own and with a
 * load of its own, measured over the same windows.
 *
 * @param {IdleOptions} options
 * @returns {import("../../framework/row.mjs").Experiment<readonly Running[]>}
 */
export function idle({
  cpuId,
  memoryId,
  rows,
  contenders,
  sessions = SESSIONS,
  openOver = OPEN_OVER,
  inTurn = false,
}) {
  return {
    rows,
    rounds: { quick: 2, full: 4 },
    limitMs: 240_000,
    async prepare(context) {
      const { children, quick, log } = context;
      /** @type {Running[]} */
      const running = [];
      for (const contender of contenders) {
        const { name, start, wire } = contender;
        if (quick && contender.inQuick === false) {
          context.leaveOut(name, "not with --quick");
          continue;
        }
        const count = contender.sessions ?? (quick ? sessions.quick : sessions.full);
        if ((openFilesLimit() ?? 0) < count + OTHER_FILES) {
          context.leaveOut(name, `${count} sessions need ulimit -n ${count + OTHER_FILES}`);
          continue;
        }
        try {
          const server = await start(children, times);
          const load = await children.start(LOAD);
          await load.ask("prepare", { wire, port: server.port, ...times });
          running.push({ ...contender, server, load, firstBytes: 0, count });
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          context.leaveOut(name, error.message);
        }
      }
      const started = performance.now();
      const overMs = (quick ? openOver.quick : openOver.full) * HEARTBEAT_TIME_MS;
      if (inTurn) for (const contender of running) await fill(contender, overMs);
      else await Promise.all(running.map((contender) => fill(contender, overMs)));
      const seconds = (performance.now() - started) / 1000;
      log(
        `${running.map(({ name, count }) => `${name}: ${count}`).join(", ")} sessions after ${seconds.toFixed(1)} s`,
      );
      await sleep(quick ? 1000 : HEARTBEAT_TIME_MS);
      return running;
    },
    async measure({ quick, log }, running) {
      const memory = Object.fromEntries(
        await Promise.all(
          running.map(async ({ name, server, firstBytes, count }) => {
            const counted = count - firstOf(count);
            const kilobytes = ((await server.memory()) - firstBytes) / counted / 1024;
            return /** @type {const} */ ([name, [kilobytes]]);
          }),
        ),
      );
      const before = await look(running);
      await sleep(quick ? HEARTBEAT_TIME_MS : 2 * HEARTBEAT_TIME_MS);
      const after = await look(running);
      const cpu = Object.fromEntries(
        running.map(({ name }, at) => [name, [cost(name, before[at], after[at])]]),
      );
      const used = after.reduce((sum, each, at) => sum + each.cpuMs - (before[at]?.cpuMs ?? 0), 0);
      log(`the servers together used ${Math.round(used)} ms in a window`);
      return { [cpuId]: cpu, [memoryId]: memory };
    },
  };
}

const times = { heartbeatTimeMs: HEARTBEAT_TIME_MS, slackMs: SLACK_MS };

/** Opens its sessions. @param {Running} contender @param {number} overMs Whole heartbeat-times. */
async function fill(contender, overMs) {
  const { server, load, count } = contender;
  const first = firstOf(count);
  const rest = count - first;
  await load.ask("open", { count: first, overMs: (overMs * first) / count });
  contender.firstBytes = await server.memory();
  await load.ask("open", { count: rest, overMs: (overMs * rest) / count });
}

/** @param {number} count */
function firstOf(count) {
  return Math.max(FIRST_LEAST, FIRST_SHARE * count);
}

/** @typedef {{ cpuMs: number, beats: number, ended: number }} Look */

/** @param {readonly Running[]} running @returns {Promise<Look[]>} */
function look(running) {
  return Promise.all(
    running.map(async ({ server, load }) => {
      const [{ cpuMs }, { sent, heard, ended }] = await Promise.all([
        server.usage(),
        load.ask("counts"),
      ]);
      return { cpuMs, beats: sent + heard, ended };
    }),
  );
}

/** CPU ms for 1,000 heartbeats, in and out. @param {string} name @param {Look} [before] @param {Look} [after] */
function cost(name, before, after) {
  if (before === undefined || after === undefined) return Number.NaN;
  if (after.ended > 0) throw new Error(`${name} ended ${after.ended} sessions that were alive`);
  return (1000 * (after.cpuMs - before.cpuMs)) / (after.beats - before.beats);
}
