import { Cadence } from "./cadence.ts";
import { resolveConfig } from "./config.ts";
import type { ConnectionEnd } from "./end.ts";
import { PulsewireError } from "./errors.ts";
import type { ConnectionEvent } from "./events.ts";
import { longest, patience, SilenceClock, type SilenceLimits } from "./silence.ts";

/** The times of a {@link Liveness}, in milliseconds. */
export interface LivenessConfig {
  /**
   * A no-op goes out at least once in this time, unless something else does.
   * 100 to 3600000; there is no default, because there is nobody to adopt one
   * from.
   */
  readonly heartbeatTimeMs: number;
  /**
   * Silence tolerated beyond the heartbeat-time. 0 to 3600000, default 2000
   * [PW-LIV-7]. The peer has to answer within it: below a few round trips it
   * kills healthy peers, and 0 leaves no time for a probe.
   */
  readonly heartbeatSlackTimeMs?: number | undefined;
}

/** Why a no-op is due: because it is time, or because the peer is suspect and asked once more. */
export type NoOp = "beat" | "probe";

/**
 * The ends that a {@link Liveness} finds: the peer was asked and said nothing, or
 * it could not be asked, because the transport took nothing.
 */
export type LivenessEnd = Extract<
  ConnectionEnd,
  { readonly kind: "peer-silent" | "outbound-blocked" }
>;

/** What a {@link Liveness} has to tell; "ended" is the last. */
export type LivenessEvent =
  | Extract<ConnectionEvent, { readonly type: "suspect" | "recovered" | "pardoned" | "suspended" }>
  | { readonly type: "ended"; readonly end: LivenessEnd };

/**
 * The deadlines and the cadence of Pulsewire, without its frames: for a
 * connection whose peer cannot speak it, but answers a no-op of its own
 * protocol.
 *
 * Like {@link Connection} it has no IO, no clock and no timer: inputs
 * (`handle*`), one command, and outputs (`poll*`). After every input poll
 * {@link pollNoOp}, {@link pollEvent}, {@link pollTimeout}, the first two until
 * they are undefined. `now` is monotonic milliseconds and must not run backwards.
 *
 * There is one difference in the judgement. A peer that speaks Pulsewire beats
 * by itself; this one is silent as long as it is not asked. So it is not down
 * before it has been asked in its silence, and has had half the slack to answer.
 * And while it cannot be asked, because octets of this side still wait in the
 * transport, it is not silence that is judged: the transport has to take
 * something once in heartbeat-time + slack, unless the peer speaks [PW-OUT-1].
 */
export class Liveness {
  readonly #limits: SilenceLimits;
  readonly #cadence: Cadence;
  readonly #silence: SilenceClock;
  readonly #events: LivenessEvent[] = [];
  /** When this side first sent something in the present silence. */
  #askedAt: number | undefined;
  /** Since when the transport has taken nothing, while a no-op waits for it. */
  #blockedSince: number | undefined;
  /** When to try that no-op again. */
  #retryAt = 0;
  #end: LivenessEnd | undefined;
  #stopped = false;

  /**
   * @param random uniform in [0, 1), for the jitter of no-ops [PW-SND-5].
   * @param openedAt silence counts from here on, until the first octet.
   * @throws PulsewireError `PW_CONFIG`.
   */
  constructor(config: LivenessConfig, random: () => number, openedAt: number) {
    const resolved = resolveConfig(config);
    const { heartbeatTimeMs, heartbeatSlackTimeMs } = resolved;
    if (heartbeatTimeMs === undefined) {
      throw new PulsewireError(
        "PW_CONFIG",
        "heartbeatTimeMs must be given: this peer has none that could be adopted",
      );
    }
    this.#limits = { own: heartbeatTimeMs, promised: undefined, slack: heartbeatSlackTimeMs };
    this.#silence = new SilenceClock(openedAt, true);
    this.#cadence = new Cadence(random, resolved);
    this.#cadence.keep(heartbeatTimeMs, openedAt);
  }

  /** `ended`: the peer is down, or {@link stop} was called. */
  get state(): "open" | "suspect" | "ended" {
    if (this.#stopped) return "ended";
    return this.#silence.isSuspect ? "suspect" : "open";
  }

  /** The verdict; undefined before it, and after a {@link stop} without one. */
  get end(): LivenessEnd | undefined {
    return this.#end;
  }

  // --- inputs ----------------------------------------------------------------

  /** Octets came from the peer, of whatever kind: it lives [PW-LIV-1]. */
  handleOctets(now: number): void {
    if (this.#stopped) return;
    this.#askedAt = undefined;
    if (this.#blockedSince !== undefined) this.#blockedSince = now;
    const silentForMs = this.#silence.octet(now);
    if (silentForMs !== undefined) this.#events.push({ type: "recovered", silentForMs });
  }

  /**
   * Something else than a no-op went out, and takes the place of one [PW-SND-6].
   * Tell only what the peer answers: who sends and is never answered would
   * never ask.
   */
  handleTransmitted(now: number): void {
    this.#cadence.dataTransmitted(now);
    this.#askedAt ??= now;
  }

  /**
   * The no-op that {@link pollNoOp} gave was not sent, because octets of this
   * side still wait in the transport [PW-SND-8]. It is given again, four times
   * in a heartbeat-time. Tell {@link handleProgress} first, if there was any: the
   * verdict may follow from this.
   */
  handleWithheld(now: number): void {
    if (this.#stopped) return;
    this.#askedAt = undefined;
    this.#blockedSince ??= now;
    const blockedForMs = now - this.#blockedSince;
    if (this.#silence.isPaused || blockedForMs < patience(this.#limits)) return;
    this.#finish({ kind: "outbound-blocked", blockedForMs }); // PW-OUT-1
  }

  /**
   * The transport took octets, or a no-op at last: who reads slowly is alive
   * [PW-OUT-2]. Of no meaning unless a no-op was withheld.
   */
  handleProgress(now: number): void {
    if (this.#blockedSince === undefined) return;
    this.#blockedSince = undefined;
    this.handleOctets(now);
  }

  /** This side does not read, or the peer cannot answer now: nothing is charged [PW-LIV-9]. */
  handlePause(now: number): void {
    this.#silence.pause(now);
  }

  /** It reads again. */
  handleResume(now: number): void {
    const pausedForMs = this.#silence.resume(now);
    if (this.#blockedSince === undefined) return;
    this.#blockedSince = Math.min(now, this.#blockedSince + pausedForMs);
  }

  /** Time has passed; early calls are harmless. Before it, read what the transport holds [PW-CLK-2]. */
  handleTimeout(now: number): void {
    if (this.#stopped) return;
    this.#cadence.advance(now);
    if (this.#blockedSince !== undefined) return; // judged when the no-op is tried again
    const found = this.#silence.judge(this.#limits, now, this.#hasAsked(now));
    switch (found.verdict) {
      case "alive":
        break;
      case "suspect":
        this.#events.push({ type: "suspect", silentForMs: found.silentForMs });
        this.#cadence.wantProbe(now); // PW-PRB-1
        break;
      case "pardoned":
        this.#events.push({ type: "pardoned", lateByMs: found.lateByMs });
        this.#cadence.wantProbe(now); // PW-CLK-3
        break;
      case "down":
        this.#finish({ kind: "peer-silent", evidence: found.evidence });
        break;
    }
  }

  /** The machine was suspended and runs again [PW-CLK-5]. */
  handleSuspend(now: number): void {
    if (this.#stopped) return;
    this.#silence.suspended(this.#limits, now);
    if (this.#blockedSince !== undefined) this.#blockedSince = now; // the transport slept as well
    this.#events.push({ type: "suspended" });
    this.#cadence.wantProbe(now);
  }

  // --- command ---------------------------------------------------------------

  /** The connection is over for another reason: nothing more is due and nothing more is told. */
  stop(): void {
    this.#stopped = true;
  }

  // --- outputs ---------------------------------------------------------------

  /** A no-op is due: send it now. At most one at a time waits [PW-SND-8]. */
  pollNoOp(now: number): NoOp | undefined {
    if (this.#stopped) return undefined;
    const due = this.#cadence.take(now);
    const again = this.#blockedSince !== undefined && now >= this.#retryAt;
    if (due === undefined && !again) return undefined;
    this.#retryAt = now + longest(this.#limits) / 4;
    this.#askedAt ??= now;
    if (!due?.replyRequested) return "beat";
    this.#silence.probed(now);
    return "probe";
  }

  /** What happened, in order. */
  pollEvent(): LivenessEvent | undefined {
    return this.#events.shift();
  }

  /** When {@link handleTimeout} wants to be called: monotonic ms; undefined for never. */
  pollTimeout(): number | undefined {
    if (this.#stopped) return undefined;
    const judgeAt =
      this.#blockedSince === undefined ? this.#silence.nextAt(this.#limits) : this.#retryAt;
    const at = Math.min(this.#cadence.nextAt(), judgeAt);
    return at === Number.POSITIVE_INFINITY ? undefined : at;
  }

  #finish(end: LivenessEnd): void {
    this.#end = end;
    this.#stopped = true;
    this.#events.push({ type: "ended", end });
  }

  /** Half the slack is what a suspect has to answer its probe, too [PW-PRB-1]. */
  #hasAsked(now: number): boolean {
    return this.#askedAt !== undefined && now - this.#askedAt >= this.#limits.slack / 2;
  }
}
