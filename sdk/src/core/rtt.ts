import { ABSENT } from "./heartbeat-codec.ts";

const WRAP = 2 ** 32;

/**
 * Round-trip times out of one-way heartbeats [PW-RTT-1 to PW-RTT-3].
 *
 * Each heartbeat carries our clock, the peer repeats the last one it heard and
 * says how long it held it; the rest of the time was spent on the way, there
 * and back. Timestamps are microseconds modulo 2^32 (71 minutes), more than the
 * longest heartbeat-time, so that differences are right across the wrap.
 */
export class RttEstimator {
  /** NaN before the first; see the fields of SilenceClock. */
  #smoothedMs = Number.NaN;
  #heardTimestamp = ABSENT;
  #heardAt = 0;

  /** Smoothed over about eight samples; undefined before the first. Milliseconds. */
  get smoothedMs(): number | undefined {
    return Number.isNaN(this.#smoothedMs) ? undefined : this.#smoothedMs;
  }

  /** What `timestamp` is to say at `now` (monotonic ms). */
  timestamp(now: number): number {
    return Math.floor(now * 1000) >>> 0; // modulo 2^32, and right before the origin too
  }

  /** The last timestamp heard, for the echo; {@link ABSENT} before the first. */
  get heardTimestamp(): number {
    return this.#heardTimestamp;
  }

  /** For how long that has been held at `now`, in microseconds; {@link ABSENT} if there is none, or it is too long to say. */
  heldUs(now: number): number {
    if (this.#heardTimestamp === ABSENT) return ABSENT;
    const heldUs = Math.max(0, Math.floor((now - this.#heardAt) * 1000));
    return heldUs < WRAP ? heldUs : ABSENT;
  }

  /** Remembers the timestamp of a heartbeat that arrived at `now`. */
  heard(timestamp: number, now: number): void {
    this.#heardTimestamp = timestamp;
    this.#heardAt = now;
  }

  /**
   * Takes an echo that arrived at `now`. Returns the round trip in ms, or
   * undefined if it is negative or above `limitMs`: a peer that lies, or one
   * that heard us before a suspend [PW-RTT-3].
   */
  sample(echo: number, heldUs: number, now: number, limitMs: number): number | undefined {
    const age = (this.timestamp(now) - echo + WRAP) % WRAP;
    const rttMs = (age - heldUs) / 1000;
    if (rttMs < 0 || rttMs > limitMs) return undefined;
    // The weight of 1/8 is RFC 6298's: steady, and over an outlier in a dozen beats.
    const before = Number.isNaN(this.#smoothedMs) ? rttMs : this.#smoothedMs;
    this.#smoothedMs = before + (rttMs - before) / 8;
    return rttMs;
  }
}
