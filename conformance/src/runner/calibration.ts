/**
 * Whether this machine can be trusted to judge by time just now.
 *
 * Before anybody is judged the suite looks at itself: how late its timers are,
 * and how long a frame takes over loopback between two of its own peers, with
 * nobody else in between. If that alone eats up what a testee is allowed, every
 * verdict would be luck, and the run had better not begin.
 */
import type { Calibration, Lateness } from "../model.ts";
import { dial, listen } from "../peers/index.ts";
import type { PeerSink, RawListener, RawPeer } from "../peers/peer.ts";
import { systemMachine } from "../time/machine.ts";
import { encodeFrame } from "../wire/encode.ts";

/** How long one look takes, in milliseconds. */
const LOOK_MS = 800;
/** What passes within seconds is no verdict on a machine: it is looked at again, so often at most. */
const LOOKS = 10;
const TIMER_MS = 10;
const BEAT_MS = 20;
const CONNECTIONS = 4;

/** @param lateMs what a testee is allowed: see judge/tolerance.ts. */
export async function calibrate(lateMs: number): Promise<Calibration> {
  const started = performance.now();
  const boundMs = boundFor(lateMs);
  for (let look = 1; ; look += 1) {
    const seen = await lookAround();
    const fit = worstP99(seen) <= boundMs;
    if (fit || look === LOOKS)
      return { durationMs: Math.round(performance.now() - started), ...seen, boundMs, fit };
  }
}

/**
 * Half of the allowance. Beyond it a lag turns a failure into inconclusive, so on a machine with a
 * greater p99 most of what is judged by time could not be judged.
 */
export function boundFor(lateMs: number): number {
  return lateMs / 2;
}

/** Why a run stops, in one sentence with the numbers. */
export function describeUnfit({ timer, echo, cadence, boundMs }: Calibration): string {
  return (
    `this machine is too busy to judge anybody by time: in one of a hundred cases its own timers were ${timer.p99Ms} ms late, ` +
    `a frame took ${echo.p99Ms} ms there and back, and one that was due came ${cadence.p99Ms} ms late, ` +
    `where ${boundMs} ms is the most: run it when less goes on, or with a larger --unit, or with --no-calibration`
  );
}

type Seen = Pick<Calibration, "timer" | "echo" | "cadence">;

function worstP99({ timer, echo, cadence }: Seen): number {
  return Math.max(timer.p99Ms, echo.p99Ms, cadence.p99Ms);
}

async function lookAround(): Promise<Seen> {
  const pairs = await Promise.all(Array.from({ length: CONNECTIONS }, connectPair));
  try {
    const timers = watchSchedule(TIMER_MS, () => undefined);
    const beats = pairs.map((pair, index) => pair.beat((index * BEAT_MS) / CONNECTIONS));
    const [timer, ...rest] = await Promise.all([timers, ...beats]);
    return {
      timer: summarize(timer),
      echo: summarize(rest.flatMap(({ echoes }) => echoes)),
      cadence: summarize(rest.flatMap(({ arrivals }) => arrivals)),
    };
  } finally {
    for (const pair of pairs) pair.dispose();
  }
}

interface Beats {
  /** From sending a frame to having it back. */
  readonly echoes: readonly number[];
  /** From when a frame was due to when it arrived. */
  readonly arrivals: readonly number[];
}

interface Pair {
  beat(offsetMs: number): Promise<Beats>;
  dispose(): void;
}

/** Two peers of the suite: one sends on a schedule, the other sends everything back. */
async function connectPair(): Promise<Pair> {
  const arrived: number[] = [];
  const returned: number[] = [];
  let answering: RawPeer | undefined;
  const listener: RawListener = await listen(systemMachine, "tcp", {}, (peer) => {
    answering = peer;
    peer.start(
      sinkFor((octets) => {
        arrived.push(performance.now());
        peer.sendOctets(peer.framed(octets));
      }),
    );
  });
  const asking = dial(systemMachine, "tcp", listener.address);
  asking.start(sinkFor(() => returned.push(performance.now())));
  const dispose = (): void => {
    asking.abort();
    answering?.abort();
    listener.close();
  };
  const beat = async (offsetMs: number): Promise<Beats> => {
    const due: number[] = [];
    const sent: number[] = [];
    const frame = asking.framed(encodeFrame({ heartbeat: {} }));
    await watchSchedule(
      BEAT_MS,
      (dueAt) => {
        due.push(dueAt);
        sent.push(performance.now());
        asking.sendOctets(frame);
      },
      offsetMs,
    );
    // TCP keeps the order, so the n-th that comes back is the n-th that was sent.
    return {
      echoes: returned.map((at, index) => at - (sent[index] as number)),
      arrivals: arrived.map((at, index) => at - (due[index] as number)),
    };
  };
  return { beat, dispose };
}

function sinkFor(onFrame: (octets: Uint8Array) => void): PeerSink {
  const ignore = (): void => undefined;
  return { onOpen: ignore, onFrame, onOctets: ignore, onEnd: ignore, onGone: ignore };
}

/** Acts every so often for as long as a look takes; how late each time was, in milliseconds. */
function watchSchedule(
  periodMs: number,
  act: (dueAt: number) => void,
  offsetMs = 0,
): Promise<number[]> {
  const begin = performance.now() + offsetMs;
  const late: number[] = [];
  return new Promise((resolve) => {
    const next = (): void => {
      const dueAt = begin + (late.length + 1) * periodMs;
      if (dueAt - begin > LOOK_MS) {
        resolve(late);
        return;
      }
      setTimeout(
        () => {
          late.push(performance.now() - dueAt);
          act(dueAt);
          next();
        },
        Math.max(0, dueAt - performance.now()),
      );
    };
    next();
  });
}

function summarize(samples: readonly number[]): Lateness {
  const sorted = samples.map((sample) => Math.max(0, sample)).sort((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { samples: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
