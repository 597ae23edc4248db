import { CloseCode } from "../core/index.ts";
import type { Leg, LegEnd, Loss } from "./leg.ts";

/** What a peer is told of a defect of the relay; the log has the error itself. */
const DEFECT: Loss = { code: CloseCode.INTERNAL_ERROR, reason: "an error of the relay" };

/** What went through a pipe, in octets of the messages or the stream. */
export interface Traffic {
  /** From the leg that was accepted to the one that was dialled. */
  readonly forwardBytes: number;
  readonly backBytes: number;
}

/** How a pipe ended. */
export interface PipeEnd extends Traffic {
  /** The leg that ended it; undefined if both directions were done. */
  readonly by: Leg | undefined;
  /** The end of that leg, or of one of two. */
  readonly end: LegEnd;
  /** What a leg threw, which none should: then both were failed. */
  readonly error?: unknown;
}

/** One direction, and how far it has come. */
interface Direction {
  bytes: number;
  done: Promise<void>;
}

/**
 * Joins two legs, and resolves when both are gone. Each direction goes as fast
 * as its far side takes it, with one piece under way, and ends by itself; when
 * both have ended both legs are closed. When a leg ends otherwise, the other
 * one gets what had come from it before, and is then told. Never rejects.
 *
 * @param stalledMs a leg that takes nothing for so long gets no more of what a
 *   leg left behind that is gone. Nothing else here has a time limit: a leg
 *   that is there may be as slow as it likes.
 */
export async function pipe(accepted: Leg, dialled: Leg, stalledMs: number): Promise<PipeEnd> {
  const forward = carry(accepted, dialled);
  const back = carry(dialled, accepted);
  const legs = [accepted, dialled];
  let gone: Leg | undefined;
  let broken: { readonly error?: unknown } = {};
  try {
    await Promise.race([Promise.all([forward.done, back.done]), accepted.ended, dialled.ended]);
    gone = legs.find((leg) => leg.end !== undefined);
    if (gone === undefined) {
      for (const leg of legs) leg.close();
    } else {
      const isAll = await noMore(gone === accepted ? forward : back, stalledMs);
      part(gone, gone === accepted ? dialled : accepted, isAll);
    }
  } catch (error) {
    // A defect costs this connection, and not the others of the process [PW-CLS-12].
    broken = { error };
    for (const leg of legs) leg.fail(DEFECT);
  }
  const ends = await Promise.all([accepted.ended, dialled.ended]);
  const isDone = accepted.isFinished && dialled.isFinished && gone?.end?.orderly !== false;
  // Both directions were done; but their last octets can still be lost.
  const by = isDone ? legs.find((leg) => leg.end?.orderly === false) : gone;
  const end = by?.end ?? ends[0];
  return { by, end, forwardBytes: forward.bytes, backBytes: back.bytes, ...broken };
}

function carry(from: Leg, to: Leg): Direction {
  const direction: Direction = { bytes: 0, done: Promise.resolve() };
  const run = async (): Promise<void> => {
    for (let piece = await from.read(); piece !== undefined; piece = await from.read()) {
      // What cannot be delivered any more is not read either: who sends it shall notice.
      if (to.end !== undefined) return;
      await to.write(piece);
      direction.bytes += piece.length;
    }
    if (from.isFinished) to.finish();
  };
  direction.done = run();
  // Towards a leg that is gone nobody waits for it.
  direction.done.catch(() => {});
  return direction;
}

/** Resolves with true when a direction is done, or with false when it has not moved for `stalledMs`. */
async function noMore(direction: Direction, stalledMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<boolean>((resolve) => {
    let bytes = direction.bytes;
    timer = setInterval(() => {
      if (direction.bytes === bytes) resolve(false);
      bytes = direction.bytes;
    }, stalledMs);
  });
  try {
    return await Promise.race([direction.done.then(() => true), stalled]);
  } finally {
    clearInterval(timer);
  }
}

/** Tells `other` that `gone` is. `isAll`: it has got all that came from there. */
function part(gone: Leg, other: Leg, isAll: boolean): void {
  const { orderly = false, why = "", end } = gone.end ?? {};
  if (orderly && isAll) {
    other.close();
    return;
  }
  // Whoever comes back to this relay comes back to that peer [PW-CLS-7].
  const retryAfterMs = end?.kind === "closed" ? end.retryAfterMs : undefined;
  // PW-GWY-4
  other.fail({ code: CloseCode.UPSTREAM_LOST, reason: `the other leg: ${why}`, retryAfterMs });
}
