/** Two small clocks of a connection: how often it answers, and how many heartbeats it takes. */

/** Answers are at least this far apart [PW-PRB-3]. */
const ANSWER_SPACING_MS = 100;

/** When to answer probes: at once, but not more often than every 100 ms. */
export class AnswerPacer {
  #lastAt = Number.NEGATIVE_INFINITY;
  #due: number | undefined;

  get dueAt(): number | undefined {
    return this.#due;
  }

  probed(now: number): void {
    this.#due ??= Math.max(now, this.#lastAt + ANSWER_SPACING_MS);
  }

  answered(now: number): void {
    this.#lastAt = now;
    this.#due = undefined;
  }

  /** True if a probe now would have to wait. */
  isResting(now: number): boolean {
    return now < this.#lastAt + ANSWER_SPACING_MS;
  }

  forget(): void {
    this.#due = undefined;
  }
}

/** A bucket of heartbeats: so many at once, so many a second after that [PW-LIM-3]. */
export class HeartbeatBudget {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number | undefined;
  #pausedAt: number | undefined;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#tokens = burst;
    this.#perMs = perSecond / 1_000;
  }

  /** Takes one; false if there is none left. */
  take(now: number): boolean {
    const elapsed = this.#at === undefined ? 0 : now - this.#at;
    const filled = Math.min(this.#burst, this.#tokens + elapsed * this.#perMs);
    this.#tokens = Math.max(this.#tokens, filled);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Nothing is read from now on. */
  paused(now: number): void {
    this.#pausedAt ??= now;
  }

  /** What waited meanwhile came at its own pace. */
  resumed(now: number): void {
    if (this.#pausedAt !== undefined) this.#tokens += (now - this.#pausedAt) * this.#perMs;
    this.#pausedAt = undefined;
  }
}
