import * as driver from "../driver/index.ts";
import { type BrowserConnectOptions, connect } from "./connect.ts";
import { browserRuntime } from "./runtime.ts";

/** Options of {@link reconnect}: those of `connect`, other addresses, and when to try again. */
export type BrowserReconnectOptions = driver.ReconnectOptions<BrowserConnectOptions>;

/** Options of {@link pool}: those of `reconnect`, and how many sessions. */
export type BrowserPoolOptions = driver.PoolOptions<BrowserConnectOptions>;

/**
 * Sessions one after the other: `for await (const session of reconnect({ ... }))`.
 * The next is dialled when the one before has ended, after a delay that depends
 * on how it ended (docs/reconnecting.md), and begins with nothing of it.
 *
 * Leaving the loop ends it and leaves the last session open; `signal` ends it
 * and closes the session. The loop throws what `connect` throws for a mistake of
 * the caller's, such as `PW_CONFIG`; everything else is tried again.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function reconnect(
  options: BrowserReconnectOptions,
): AsyncIterableIterator<driver.Session, undefined> {
  return driver.reconnect(connect, options, browserRuntime);
}

/**
 * Keeps `size` sessions open, replaces those that end, and hands out one that is
 * alive: `await pool.session()`. Their heartbeats do not come together.
 *
 * @throws PulsewireError `PW_CONFIG`; a mistake that only an attempt can show
 *   comes from `pool.session()`.
 */
export function pool(options: BrowserPoolOptions): driver.Pool {
  return driver.pool(connect, options, browserRuntime);
}
