import { PulsewireError, type SilenceEvidence } from "../core/index.ts";
import { callUser } from "./callback.ts";
import type { Session } from "./session.ts";

/**
 * Paused, not dead: what is asked before a silent peer is declared down, and
 * how much time its answers can buy at most.
 */
export interface ConfirmDown {
  /**
   * Can the peer still be reached another way? True gives it one more
   * heartbeat-time and slack. Everything else counts as false: a rejection,
   * which is told as the event `confirm-failed`; no answer within `timeoutMs`;
   * and a throw or a value that is no boolean, which are defects of the hook and
   * uncaught exceptions, as with `onEvent`.
   *
   * @param evidence what is known of the silence so far.
   * @param signal aborts when the answer is of no use any more: the peer spoke,
   *   the time is over, the session ended. Then it may stay away, or come, or reject.
   * @param session whose peer it is: options are shared by all of a listener's.
   */
  ask(evidence: SilenceEvidence, signal: AbortSignal, session: Session): Promise<boolean> | boolean;
  /** For each answer, in ms. 1 to 3600000, default 2000. */
  readonly timeoutMs?: number | undefined;
  /** How often in one silence "reachable" gives more time. 1 to 1000, default 3. */
  readonly maxExtensions?: number | undefined;
}

/** Who waits for the answer. */
interface Asker {
  /** At most once, and never after {@link Question.drop}. */
  answered(reachable: boolean): void;
  /** Before the answer that a rejection is. */
  failed(reason: unknown): void;
}

/** One question to the user's hook, and whatever becomes of it. */
export class Question {
  readonly #abort = new AbortController();
  #open = true;

  /** Asks. The answer comes later, never within this call. */
  constructor(hook: ConfirmDown, evidence: SilenceEvidence, session: Session, asker: Asker) {
    const settle = (reachable: boolean): void => {
      if (!this.#open) return;
      this.#open = false;
      asker.answered(reachable);
    };
    let answer: unknown = false;
    callUser(() => {
      answer = hook.ask(evidence, this.#abort.signal, session);
    });
    Promise.resolve(answer).then(
      (value) => {
        if (this.#open && typeof value !== "boolean") callUser(() => refuse(value));
        settle(value === true);
      },
      (reason) => {
        // Whoever is told to stop rejects in good order.
        if (this.#open) asker.failed(reason);
        settle(false);
      },
    );
  }

  /** The answer is of no use any more. */
  drop(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#abort.abort();
  }
}

function refuse(value: unknown): never {
  throw new PulsewireError(
    "PW_CONFIG",
    `confirmDown.ask must answer true or false; got ${typeof value}`,
  );
}
