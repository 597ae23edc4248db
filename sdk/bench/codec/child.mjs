// One codec in a process of its own: how long a call takes, and what it allocates.
import { answer, usage } from "../framework/child.mjs";
import { beats, octetsOf } from "./heartbeats.mjs";

/** So many calls between two looks at the clock. */
const BATCH = 5_000;
/** Few enough for the youngest generation to hold all their garbage. */
const COUNTED_CALLS = 2_000;

/** Where results go, so that no call is left out for being of no use. */
let sink = 0;

answer({
  /** @param {{ module: string, kind: import("./heartbeats.mjs").Kind, warmUpMs: number, sampleMs: number }} argument */
  async measure({ module, kind, warmUpMs, sampleMs }) {
    const { codec } = await import(new URL(module, import.meta.url).href);
    const inputs = beats(kind);
    const frames = inputs.map(octetsOf);
    check(codec, inputs, frames);
    const encode = (/** @type {number} */ calls) => {
      for (let call = 0; call < calls; call += 1) sink ^= codec.encode(inputs[call & 63]).length;
    };
    const decode = (/** @type {number} */ calls) => {
      for (let call = 0; call < calls; call += 1)
        sink ^= codec.decode(frames[call & 63]).heartbeatTimeMs;
    };
    return {
      encodeNs: time(encode, warmUpMs, sampleMs),
      encodeBytes: allocated(encode),
      decodeNs: time(decode, warmUpMs, sampleMs),
      decodeBytes: allocated(decode),
      sink,
    };
  },
});

/**
 * @param {import("./heartbeats.mjs").Codec} codec
 * @param {import("./heartbeats.mjs").Beat[]} inputs
 * @param {Uint8Array[]} frames
 */
function check(codec, inputs, frames) {
  for (const [at, beat] of inputs.entries()) {
    const frame = frames[at] ?? new Uint8Array(0);
    if (Buffer.compare(codec.encode(beat), frame) !== 0) throw new Error("other octets");
    const read = codec.decode(frame);
    for (const [name, value] of Object.entries(beat))
      if (Reflect.get(read, name) !== value) throw new Error(`${name} is read otherwise`);
  }
}

/**
 * CPU time of one call, in ns, with what the collector takes for what it left behind: that has threads
 * of its own, and a clock would not see what they do, but would see what others do on this machine.
 *
 * @param {(calls: number) => void} run
 * @param {number} warmUpMs
 * @param {number} sampleMs
 */
function time(run, warmUpMs, sampleMs) {
  repeat(run, warmUpMs);
  const before = usage().cpuMs;
  const calls = repeat(run, sampleMs);
  return ((usage().cpuMs - before) * 1e6) / calls;
}

/** @param {(calls: number) => void} run @param {number} forMs */
function repeat(run, forMs) {
  let calls = 0;
  for (const end = performance.now() + forMs; performance.now() < end; calls += BATCH) run(BATCH);
  return calls;
}

/**
 * Octets of one call, in the heap and beside it: the median of a few, since now and then another part
 * of the process allocates as well.
 *
 * @param {(calls: number) => void} run
 */
function allocated(run) {
  const nothing = median(Array.from({ length: 9 }, () => growth(() => {})));
  const calls = median(Array.from({ length: 9 }, () => growth(() => run(COUNTED_CALLS))));
  return Math.max(0, Math.round((calls - nothing) / COUNTED_CALLS));
}

/** @param {() => void} run */
function growth(run) {
  globalThis.gc?.();
  const before = used();
  run();
  return used() - before;
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function used() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
