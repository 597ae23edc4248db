import { CloseCode } from "../core/index.ts";
import type { RelayEvent } from "./events.ts";
import type { Leg, Loss } from "./leg.ts";
import { type PipeEnd, pipe } from "./pipe.ts";

type Closed = Extract<RelayEvent, { type: "closed" }>;

/** How long a leg may take nothing of what a leg left behind that is gone, in ms. */
const STALLED_MS = 60_000;

/** What a connection is told by its relay. */
export interface ConnectionContext {
  readonly number: number;
  /** Dials the second leg. Its signal aborts when nobody needs that any more. */
  dial(signal: AbortSignal): Promise<Leg>;
  tell(event: RelayEvent): void;
}

/** One connection that a relay carries: a leg that was accepted, and one that is dialled for it. */
export class RelayedConnection {
  /** Resolves when both legs are gone. Never rejects. */
  readonly over: Promise<void>;
  readonly #accepted: Leg;
  readonly #context: ConnectionContext;
  readonly #attempt = new AbortController();
  #dialled: Leg | undefined;
  #stop: ((leg: Leg) => void) | undefined;

  constructor(accepted: Leg, context: ConnectionContext) {
    this.#accepted = accepted;
    this.#context = context;
    this.over = this.#run();
  }

  /** Ends it within that many ms, and says why. */
  stop(loss: Loss, withinMs: number): void {
    this.#stop = (leg) => leg.stop(loss, withinMs);
    this.#attempt.abort();
    this.#stop(this.#accepted);
    if (this.#dialled !== undefined) this.#stop(this.#dialled);
  }

  async #run(): Promise<void> {
    const accepted = this.#accepted;
    const { number: connection, tell } = this.#context;
    const from = accepted.remote;
    this.#mindWhoLeaves();
    let dialled: Leg;
    try {
      dialled = await this.#context.dial(this.#attempt.signal);
    } catch (error) {
      const why = this.#whyNot(error);
      // PW-GWY-4; the address of what was dialled is for the log, and not for strangers.
      const reason = `no connection to the other side${codeOf(error)}`;
      accepted.fail({ code: CloseCode.UPSTREAM_LOST, reason });
      await accepted.ended;
      tell({ type: "refused", connection, from, why, error });
      return;
    }
    this.#dialled = dialled;
    this.#stop?.(dialled); // It was there just before the attempt could be given up.
    const since = performance.now();
    tell({ type: "open", connection, from, to: dialled.remote });
    const ended = await pipe(accepted, dialled, STALLED_MS);
    const { forwardBytes, backBytes } = ended;
    const openForMs = performance.now() - since;
    const told = this.#describe(ended);
    tell({ type: "closed", connection, ...told, forwardBytes, backBytes, openForMs });
  }

  /** Gives up dialling for one who is gone, unless what it said can still be delivered [PW-GWY-5]. */
  async #mindWhoLeaves(): Promise<void> {
    await this.#accepted.ended;
    if (this.#dialled !== undefined) return;
    if (!(await this.#accepted.leavesSomething())) this.#attempt.abort();
  }

  #describe(ended: PipeEnd): Pick<Closed, "by" | "why" | "end" | "error"> {
    const { by, end } = ended;
    if ("error" in ended) {
      const { error } = ended;
      return { by: "relay", why: `an error of the relay: ${messageOf(error)}`, error };
    }
    if (this.#stop !== undefined) return { by: "relay", why: "the relay was closed" };
    if (by === undefined) return { by: "both", why: "both directions came to their end" };
    return { by: by === this.#accepted ? "listen" : "to", why: end.why, end: end.end };
  }

  #whyNot(error: unknown): string {
    if (this.#stop !== undefined) return "the relay was closed";
    const left = this.#accepted.end?.why ?? "";
    if (this.#attempt.signal.aborted) return `it left before there was a second leg: ${left}`;
    return messageOf(error).replace(/^\[PW_\w+\] /, "");
  }
}

function messageOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error);
}

/** What the operating system calls it, such as ECONNREFUSED. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const isKnown = cause instanceof Error && "code" in cause && typeof cause.code === "string";
  return isKnown && /^E[A-Z]+$/.test(String(cause.code)) ? `: ${cause.code}` : "";
}
