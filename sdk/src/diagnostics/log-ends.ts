import { PulsewireError } from "../core/index.ts";
import type { Session } from "../driver/index.ts";
import { EVENT_CHANNELS, type Subscription, subscribe } from "./channels.ts";
import { type EndRecord, endRecord } from "./end-record.ts";

/** Options of {@link logEnds}. */
export interface LogEndsOptions {
  /** Also the ends that are not by heartbeat. Default false. */
  readonly all?: boolean | undefined;
}

/**
 * Calls `write` with a record of every session of this process that ends by
 * heartbeat, until it is told to stop: those of `pulsewire/tcp`, `/ws`, `/grpc`
 * and of every runtime with the `channelObserver`. Call it early: of a session
 * that was open before, a record does not say how long.
 *
 * What `write` throws is an uncaught exception and touches no session; what it
 * returns is not looked at.
 *
 * @throws PulsewireError `PW_CONFIG` if `write` is no function.
 */
export function logEnds(
  write: (record: EndRecord) => void,
  options: LogEndsOptions = {},
): Subscription {
  if (typeof write !== "function") {
    throw new PulsewireError("PW_CONFIG", `logEnds takes a function; got ${typeof write}`);
  }
  const { all = false } = options;
  const openedAt = new WeakMap<Session, number>();
  return subscribe({
    [EVENT_CHANNELS.open]: ({ session }) => {
      openedAt.set(session, performance.now());
    },
    [EVENT_CHANNELS.ended]: ({ session, event }) => {
      const opened = openedAt.get(session);
      const openForMs = opened === undefined ? undefined : performance.now() - opened;
      const record = endRecord(session, event.end, Date.now(), openForMs);
      if (all || record.byHeartbeat) write(record);
    },
  });
}
