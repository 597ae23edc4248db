import {
  Liveness,
  type LivenessConfig,
  type LivenessEnd,
  type LivenessEvent,
  type NoOp,
  PulsewireError,
} from "../core/index.ts";
import { callUser, requireCallback } from "./callback.ts";
import type { Runtime } from "./runtime.ts";
import type { ScheduledTask } from "./scheduler.ts";

/** Options of {@link Watch.open}. What a callback throws is an uncaught exception; the watch goes on. */
export interface WatchOptions extends LivenessConfig {
  /**
   * Sends something that changes nothing and that the peer answers. Called when
   * nothing else has been sent for about the heartbeat-time ("beat"), and once
   * when the peer is suspect ("probe"); most protocols send the same for both.
   * Where octets of this side still wait in the transport, call
   * {@link Watch.withheld} instead, and you are asked again.
   */
  readonly sendNoOp: (why: NoOp) => void;
  /** The peer is down: end the connection, at once and without waiting for it [PW-LIV-6]. Once, and last. */
  readonly onDown: (end: LivenessEnd) => void;
  /** Called for everything that happens: suspicion, recovery, delays of one's own, the end. */
  readonly onEvent?: ((event: LivenessEvent) => void) | undefined;
}

/**
 * Watches a connection whose peer cannot speak Pulsewire: a {@link Liveness},
 * kept by the clock and the one timer of a runtime. Tell it what is heard and
 * sent; it says when to send a no-op and when the peer is down.
 *
 * For a stream of Node there is `watch` in `pulsewire/tcp`.
 */
export class Watch {
  readonly #liveness: Liveness;
  readonly #options: WatchOptions;
  readonly #runtime: Runtime;
  readonly #task: ScheduledTask;
  readonly #onOver: (() => void) | undefined;
  #over = false;
  /** The last no-op was not sent. */
  #withheld = false;

  private constructor(options: WatchOptions, runtime: Runtime, onOver: (() => void) | undefined) {
    this.#liveness = new Liveness(options, runtime.random, runtime.clock.now());
    if (typeof options.sendNoOp !== "function" || typeof options.onDown !== "function") {
      throw new PulsewireError("PW_CONFIG", "sendNoOp and onDown must be functions");
    }
    requireCallback("onEvent", options.onEvent);
    this.#options = options;
    this.#runtime = runtime;
    this.#onOver = onOver;
    this.#task = runtime.scheduler.add({
      nextAt: () => this.#liveness.pollTimeout(),
      run: (now) => {
        this.#liveness.handleTimeout(now);
        this.#pump(now);
      },
      suspended: (now) => {
        this.#liveness.handleSuspend(now);
        this.#pump(now);
      },
    });
  }

  /**
   * Begins to watch a connection that is established.
   *
   * @param onOver called once when the watch is over, be it by {@link stop}: for
   *   bindings, to take their hands off the connection.
   * @throws PulsewireError `PW_CONFIG`.
   */
  static open(options: WatchOptions, runtime: Runtime, onOver?: () => void): Watch {
    const watch = new Watch(options, runtime, onOver);
    watch.#task.touch();
    return watch;
  }

  get state(): "open" | "suspect" | "ended" {
    return this.#liveness.state;
  }

  /** Octets came from the peer, of whatever kind [PW-LIV-1]. */
  heard(): void {
    this.#tell((now) => this.#liveness.handleOctets(now));
  }

  /** Something went out that the peer answers, and takes the place of a no-op [PW-SND-6]. */
  sent(): void {
    this.#tell((now) => this.#liveness.handleTransmitted(now));
  }

  /**
   * Called from `sendNoOp`: nothing was sent, because octets of this side still
   * wait in the transport. A peer that could not be asked is not charged for its
   * silence; but nothing heard and no {@link progress} for heartbeat-time + slack
   * is an end, "outbound-blocked" [PW-OUT-1]. It is looked at four times in a
   * heartbeat-time, so it comes up to half of one later.
   */
  withheld(): void {
    this.#withheld = true;
    this.#tell((now) => this.#liveness.handleWithheld(now));
  }

  /** The transport took some of the octets for which a no-op is withheld [PW-OUT-2]; otherwise of no meaning. */
  progress(): void {
    this.#tell((now) => this.#liveness.handleProgress(now));
  }

  /** This side does not read, or the peer cannot answer now: nothing is charged until {@link resume} [PW-LIV-9]. */
  pause(): void {
    this.#tell((now) => this.#liveness.handlePause(now));
  }

  /** Silence counts again. */
  resume(): void {
    this.#tell((now) => this.#liveness.handleResume(now));
  }

  /** Ends the watch and leaves the connection alone. Nothing is called any more. */
  stop(): void {
    this.#liveness.stop();
    this.#settle();
  }

  #tell(input: (now: number) => void): void {
    const now = this.#runtime.clock.now();
    input(now);
    this.#pump(now);
  }

  #pump(now: number): void {
    while (this.#sendNoOp(now) || this.#dispatch()) {}
    this.#task.touch();
  }

  #sendNoOp(now: number): boolean {
    const why = this.#liveness.pollNoOp(now);
    if (why === undefined) return false;
    this.#withheld = false;
    callUser(() => this.#options.sendNoOp(why));
    if (!this.#withheld) this.#liveness.handleProgress(now); // nothing waits any more
    return true;
  }

  #dispatch(): boolean {
    const event = this.#liveness.pollEvent();
    if (event === undefined) return false;
    if (event.type === "ended") {
      this.#settle();
      callUser(() => this.#options.onDown(event.end));
    }
    callUser(() => this.#options.onEvent?.(event));
    return true;
  }

  #settle(): void {
    if (this.#over) return;
    this.#over = true;
    this.#task.remove();
    this.#onOver?.();
  }
}
