/**
 * Keeps a peer that cannot be configured from declaring the harness down in a
 * case that is not about that.
 *
 * What it hears is a frame with a body that no version knows: life [PW-LIV-1],
 * and nothing else [PW-FRM-4]. It comes never in the middle of a frame, and
 * never once the case has begun to end the connection or to garble it.
 */
import { buildFrame } from "../cases/frames.ts";
import type { FrameSketch, Step } from "../cases/model.ts";
import type { Execution } from "./execution.ts";

type Perform = (run: Execution, step: Step) => Promise<void>;

/** Carries out steps as `perform` does, and sends life on each open connection beside them. */
export function withLife(perform: Perform, everyMs: number): Perform {
  const frame = buildFrame({ body: "unknown" }, 1);
  /** How to stop it, on each connection that it goes on at. */
  const running = new Map<number, () => void>();
  const finished = new Set<number>();
  const announced = new Set<number>();

  const halt = (conn: number): void => {
    running.get(conn)?.();
    running.delete(conn);
  };
  const go = (run: Execution, conn: number): void => {
    const connection = run.connection(conn);
    const { opened, isGone, kept } = connection;
    if (finished.has(conn) || running.has(conn) || !opened || isGone || kept !== undefined) return;
    if (!announced.has(conn))
      run.mark(conn, `every ${everyMs} ms from here: an unknown body, so that no deadline passes`);
    announced.add(conn);
    running.set(
      conn,
      connection.every(everyMs, () => connection.sendFrame(frame)),
    );
  };

  return async (run, step) => {
    const { conn } = step;
    if (disturbs(step)) halt(conn);
    if (isLast(step)) finished.add(conn);
    await perform(run, step);
    // The step `stop` stops whatever goes on, this too.
    if (step.verb === "stop") halt(conn);
    if (step.verb !== "testee") go(run, conn);
  };
}

/** Nothing may come between its parts, or after it. */
function disturbs(step: Step): boolean {
  return step.verb === "slice" || isLast(step);
}

/** From here on the connection is about to end, or its framing is no longer whole. */
function isLast(step: Step): boolean {
  switch (step.verb) {
    case "send":
      return ends(step.args);
    case "join":
      return step.args.some(ends);
    case "announce":
    case "raw":
    case "text":
    case "half_close":
    case "end":
    case "reset":
      return true;
    default:
      return false;
  }
}

function ends(frame: FrameSketch): boolean {
  const isUnlawful = frame.version === "none" || frame.version === 0;
  return frame.close !== undefined || frame.octets !== undefined || isUnlawful;
}
