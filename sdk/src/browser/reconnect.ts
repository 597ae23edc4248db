import * as driver from "../driver/index.ts";
import { type BrowserConnectOptions, checkConnect, connect } from "./connect.ts";
import { browserRuntime } from "./runtime.ts";

const dialler: driver.Dialler<BrowserConnectOptions> = { connect, check: checkConnect };

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
 * and closes the session. What the peer or the network does is tried again; a
 * mistake of the caller's that only an attempt can show is thrown by the loop.
 *
 * @throws PulsewireError `PW_CONFIG`, `PW_URL`, for any of the addresses.
 */
export function reconnect(
  options: BrowserReconnectOptions,
): AsyncIterableIterator<driver.Session, undefined> {
  return driver.reconnect(dialler, options, browserRuntime);
}

/**
 * Keeps `size` sessions open, replaces those that end, and hands out one that is
 * alive: `await pool.session()`. Their heartbeats do not come together.
 *
 * @throws PulsewireError `PW_CONFIG`, `PW_URL`, for any of the addresses; a mistake
 *   that only an attempt can show comes from `pool.session()`.
 */
export function pool(options: BrowserPoolOptions): driver.Pool {
  return driver.pool(dialler, options, browserRuntime);
}
