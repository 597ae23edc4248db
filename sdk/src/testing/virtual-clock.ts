import type { Clock } from "../driver/index.ts";

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

/** Turns without time passing after which a test is taken for one that would never end. */
const LIVELOCK_TURNS = 100_000;

/** Alarms by their time; those of the same time in the order they were set. */
class Alarms {
  #alarms: Alarm[] = [];

  get size(): number {
    return this.#alarms.length;
  }

  get nextAt(): number | undefined {
    return this.#alarms[0]?.at;
  }

  set(at: number, run: () => void): () => void {
    const alarm: Alarm = { at, run };
    const index = this.#alarms.findIndex((other) => other.at > at);
    this.#alarms.splice(index < 0 ? this.#alarms.length : index, 0, alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  countUntil(now: number): number {
    const later = this.#alarms.findIndex((alarm) => alarm.at > now);
    return later < 0 ? this.#alarms.length : later;
  }

  take(now: number): Alarm | undefined {
    const first = this.#alarms[0];
    return first !== undefined && first.at <= now ? this.#alarms.shift() : undefined;
  }
}

/**
 * A clock that moves when it is told to, and the loop of a process on it.
 *
 * A turn is what Node's is: first the timers that are due, then what the
 * network has brought, then what asked to run after the reading. So a stall can
 * be played: in {@link stall} time passes and nothing runs, and afterwards the
 * timers come first, late, with the peer's heartbeats still unread.
 */
export class VirtualClock implements Clock {
  /** The same time for what arrives: give it to links, so that they deliver when a turn reads. */
  readonly network: Pick<Clock, "now" | "schedule"> = {
    now: () => this.#now,
    schedule: (at, run) => this.#arrivals.set(at, run),
  };
  readonly #timers = new Alarms();
  readonly #arrivals = new Alarms();
  #afterRead: (() => void)[] = [];
  #endOfTurn: (() => void)[] = [];
  #now: number;
  #wallAhead: number;

  /**
   * @param now monotonic ms to begin with.
   * @param wallNow wall-clock ms to begin with.
   */
  constructor(now = 0, wallNow = 1_000_000) {
    this.#now = now;
    this.#wallAhead = wallNow - now;
  }

  /** Timers that are set; arrivals are none. */
  get timers(): number {
    return this.#timers.size;
  }

  /** When the next thing happens by itself: monotonic ms. */
  get nextAt(): number | undefined {
    const timer = this.#timers.nextAt;
    const arrival = this.#arrivals.nextAt;
    if (this.#afterRead.length > 0 || this.#endOfTurn.length > 0) return this.#now;
    if (timer === undefined || arrival === undefined) return timer ?? arrival;
    return Math.min(timer, arrival);
  }

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now + this.#wallAhead;
  }

  schedule(at: number, run: () => void): () => void {
    return this.#timers.set(at, run);
  }

  afterRead(run: () => void): void {
    this.#afterRead.push(run);
  }

  /** After the timer, the arrival or the reading that runs; for the test's own code, as time begins to move. */
  endOfTurn(run: () => void): void {
    this.#endOfTurn.push(run);
  }

  /** Everything that happens in the next `ms`, each at its time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    this.settle();
    for (let at = this.nextAt; at !== undefined && at <= until; at = this.nextAt) {
      this.#now = Math.max(this.#now, at);
      this.settle();
    }
    this.#now = until;
  }

  /** Jumps to the next timer or arrival. False: there is none. */
  step(): boolean {
    const at = this.nextAt;
    if (at === undefined) return false;
    this.#now = Math.max(this.#now, at);
    this.settle();
    return true;
  }

  /** The process stands still for `ms`; then it goes on, late. */
  stall(ms: number): void {
    this.#finish();
    this.#now += ms;
    this.settle();
  }

  /** The machine sleeps for `ms`: the wall clock goes on, the monotonic one does not. */
  suspend(ms: number): void {
    this.#wallAhead += ms;
  }

  /** Turns until nothing more is due now. */
  settle(): void {
    for (let turns = 0; (this.nextAt ?? Number.POSITIVE_INFINITY) <= this.#now; turns += 1) {
      if (turns > LIVELOCK_TURNS) throw new Error(`something is always due at ${this.#now}`);
      this.#turn();
    }
  }

  #turn(): void {
    this.#finish();
    // What a turn sets off for now belongs to the next one.
    for (let left = this.#timers.countUntil(this.#now); left > 0; left -= 1) {
      this.#run(this.#timers.take(this.#now)?.run);
    }
    for (let left = this.#arrivals.countUntil(this.#now); left > 0; left -= 1) {
      this.#run(this.#arrivals.take(this.#now)?.run);
    }
    for (const run of this.#afterRead.splice(0)) this.#run(run);
  }

  #run(run: (() => void) | undefined): void {
    run?.();
    this.#finish();
  }

  #finish(): void {
    for (let run = this.#endOfTurn.shift(); run !== undefined; run = this.#endOfTurn.shift()) run();
  }
}
