/** Shares the work of looking at broken peers among the processors. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Observation, PeerName } from "./observe.ts";

export interface WorkerTask {
  readonly peer: PeerName;
  /** Patterns of cases. */
  readonly cases: readonly string[];
}

export interface WorkerAnswer {
  readonly peer: PeerName;
  readonly observations: readonly Observation[];
}

/** More threads than this gain nothing: each loads all cases first. */
const MAX_THREADS = 8;

/** Runs leave much behind that is young when it dies: with room for it a fifth less work. */
const LIMITS = { maxYoungGenerationSizeMb: 96 };

/** Looks at every peer; `onDone` hears of each as it is finished. */
export async function observeAll(
  peers: readonly PeerName[],
  cases: readonly string[],
  onDone: (peer: PeerName) => void,
): Promise<Map<PeerName, readonly Observation[]>> {
  const found = new Map<PeerName, readonly Observation[]>();
  const queue = peers.values();
  const threads = Math.min(availableParallelism(), MAX_THREADS, peers.length);
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL("./worker.js", import.meta.url), { resourceLimits: LIMITS }),
  );
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const next = (): void => {
              const { value: peer, done } = queue.next();
              if (done === true) resolve();
              else worker.postMessage({ peer, cases } satisfies WorkerTask);
            };
            worker.on("message", ({ peer, observations }: WorkerAnswer) => {
              found.set(peer, observations);
              onDone(peer);
              next();
            });
            worker.once("error", reject);
            worker.once("exit", (code) => reject(new Error(`a worker thread left with ${code}`)));
            next();
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return found;
}
