// The scheduler and its sessions by themselves: links that carry nothing, and a clock that is moved by hand.
import { createRuntime, Session } from "pulsewire";
import { VirtualClock } from "pulsewire/testing";
import { answer, collect, usage } from "../../framework/child.mjs";
import { heartbeat } from "../../loads/wires/heartbeat.mjs";

const HEARTBEAT_TIME_MS = 5000;
const TICK_MS = 100;
/** Peers beat once in so many ticks: 0.9 of the heartbeat-time. */
const SLOTS = 45;
/** Heartbeats that came; fewer are too few to warm up with, and to be timed. */
const LEAST_BEATS = { quick: 40_000, full: 200_000 };

/** A `Link` that takes everything, and into which the peer's frames are put by hand. */
class VirtualLink {
  transport = "virtual";
  remote = "virtual";
  /** @type {import("pulsewire").LinkSink | undefined} */
  sink;

  /** @param {import("pulsewire").LinkSink} sink */
  start(sink) {
    this.sink = sink;
  }

  send() {
    sent += 1;
    return true;
  }

  octetsSent() {
    return 0;
  }

  pause() {
    return true;
  }

  resume() {}
  close() {}
  abort() {}
}

let sent = 0;

answer({
  /** CPU ms for 1,000 heartbeats, in and out, and octets for a session. @param {{ count: number, quick: boolean }} options */
  async measure({ count, quick }) {
    const clock = new VirtualClock();
    const runtime = createRuntime(clock);
    const beat = heartbeat(HEARTBEAT_TIME_MS);
    /** @type {VirtualLink[][]} */
    const slots = Array.from({ length: SLOTS }, () => []);
    let opened = 0;
    let ended = 0;
    const open = (/** @type {number} */ wanted) => {
      for (; opened < wanted; opened += 1) {
        const link = new VirtualLink();
        const session = Session.open(link, {}, runtime);
        session.closed.then(() => {
          ended += 1;
        });
        slots[opened % SLOTS]?.push(link);
        link.sink?.onFrame(beat); // it adopts
      }
    };
    const round = () => {
      for (const slot of slots) {
        clock.advance(TICK_MS);
        for (const { sink } of slot) sink?.onFrame(beat);
      }
    };
    const before = await memory();
    open(count);
    const bytes = ((await memory()) - before) / count;

    const least = quick ? LEAST_BEATS.quick : LEAST_BEATS.full;
    const rounds = Math.max(1, Math.ceil(least / count));
    for (let each = 0; each < rounds; each += 1) round();
    const [{ cpuMs }, sentBefore] = [usage(), sent];
    for (let each = 0; each < rounds; each += 1) round();
    const beats = rounds * count + sent - sentBefore;
    if (ended > 0) throw new Error(`${ended} sessions ended`);
    return { cost: (1000 * (usage().cpuMs - cpuMs)) / beats, bytes };
  },
});

/** What lives on the heap: to the octet, where pages are too coarse for a thousand sessions. */
async function memory() {
  await collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
