/** A thread that looks at one broken peer after another. */
import { parentPort } from "node:worker_threads";
import { loadCases } from "../cases/load.ts";
import { fits } from "../runner/plan.ts";
import { jobsFor } from "./jobs.ts";
import { observe } from "./observe.ts";
import type { WorkerAnswer, WorkerTask } from "./pool.ts";

const port = parentPort;
if (port === null) throw new Error("this file is the main file of a worker thread");
const catalogue = loadCases();

port.on("message", ({ peer, cases }: WorkerTask) => {
  const chosen = catalogue.filter((spec) => cases.some((pattern) => fits(spec, pattern)));
  observe(peer, jobsFor(peer, chosen)).then((observations) =>
    port.postMessage({ peer, observations } satisfies WorkerAnswer),
  );
});
