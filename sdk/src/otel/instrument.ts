import type { Attributes, Meter, MeterProvider } from "@opentelemetry/api";
import {
  CloseCode,
  type ConnectionEnd,
  closeCodeName,
  endedByHeartbeat,
  PulsewireError,
} from "../core/index.ts";
import {
  EVENT_CHANNELS,
  STALL_CHANNEL,
  type Subscription,
  subscribe,
} from "../diagnostics/index.ts";
import type { Session } from "../driver/index.ts";
import { createInstruments } from "./instruments.ts";

/** Options of {@link instrument}: one of the two. */
export interface InstrumentOptions {
  /** The meter to make the instruments on. */
  readonly meter?: Meter | undefined;
  /** Or where to get one, which is then called "pulsewire". */
  readonly meterProvider?: MeterProvider | undefined;
}

/** The scope that the metrics come from, if only a provider is given. */
const SCOPE = "pulsewire";

/**
 * Measures all sessions of this process from now on: those of `pulsewire/tcp`,
 * `/ws`, `/grpc` and of every runtime with the `channelObserver`. The meter is
 * asked for explicitly, because OpenTelemetry's global provider is none before
 * somebody sets it.
 *
 * A session that was open before is counted as active from its next event on,
 * which is within one heartbeat-time; what it did earlier is not counted. To
 * unsubscribe takes back what is still counted as active, and ends the rest.
 * Instrumenting twice counts everything twice.
 *
 * @throws PulsewireError `PW_CONFIG` unless exactly one of the two is given.
 */
export function instrument(options: InstrumentOptions): Subscription {
  const {
    active,
    opened,
    ended,
    sent,
    received,
    suspected,
    recovered,
    pardoned,
    extended,
    ...histograms
  } = createInstruments(meterOf(options));
  const { detection, roundTrip, stall } = histograms;
  /** What is counted as active, with its attributes; each is taken out at its end. */
  const counted = new Map<Session, Attributes>();
  const begun = new Set<string>();

  /**
   * Prometheus sees an increase only from one sample to the next: of a series
   * that begins with its first death it would not see that one. So what is rare
   * begins with 0 when the first session of a transport is seen.
   */
  const begin = (attributes: Attributes): void => {
    for (const counter of [suspected, recovered, pardoned, extended]) counter.add(0, attributes);
    for (const end of ENDS_BY_HEARTBEAT) ended.add(0, { ...attributes, ...end });
  };
  const attributesOf = (session: Session): Attributes => {
    const { transport } = session;
    let attributes = counted.get(session);
    if (attributes === undefined) {
      attributes = { "pulsewire.transport": transport };
      if (!begun.has(transport)) begin(attributes);
      begun.add(transport);
      counted.set(session, attributes);
      active.add(1, attributes);
    }
    return attributes;
  };
  const discount = (session: Session, attributes: Attributes): void => {
    counted.delete(session);
    active.add(-1, attributes);
  };

  const subscription = subscribe({
    [EVENT_CHANNELS.open]: ({ session }) => opened.add(1, attributesOf(session)),
    [EVENT_CHANNELS.ended]: ({ session, event: { end } }) => {
      const attributes = attributesOf(session);
      discount(session, attributes);
      const endAttributes = { ...attributes, ...describeEnd(end) };
      ended.add(1, endAttributes);
      const delayMs = detectionDelayMs(end);
      if (delayMs !== undefined) {
        const kind = { "pulsewire.end.kind": end.kind };
        detection.record(delayMs / 1000, { ...attributes, ...kind });
      }
    },
    [EVENT_CHANNELS["heartbeat-sent"]]: ({ session, event }) =>
      sent.add(1, { ...attributesOf(session), "pulsewire.heartbeat.cause": event.cause }),
    [EVENT_CHANNELS["heartbeat-received"]]: ({ session, event: { rttMs } }) => {
      const attributes = attributesOf(session);
      received.add(1, attributes);
      if (rttMs !== undefined) roundTrip.record(rttMs / 1000, attributes);
    },
    [EVENT_CHANNELS.suspect]: ({ session }) => suspected.add(1, attributesOf(session)),
    [EVENT_CHANNELS.recovered]: ({ session }) => recovered.add(1, attributesOf(session)),
    [EVENT_CHANNELS.pardoned]: ({ session }) => pardoned.add(1, attributesOf(session)),
    [EVENT_CHANNELS.extended]: ({ session }) => extended.add(1, attributesOf(session)),
    [STALL_CHANNEL]: ({ lateByMs }) => stall.record(lateByMs / 1000),
  });
  const stop = () => {
    subscription.unsubscribe();
    for (const [session, attributes] of [...counted]) discount(session, attributes);
  };
  return { unsubscribe: stop, [Symbol.dispose]: stop };
}

function meterOf(options: InstrumentOptions): Meter {
  const { meter, meterProvider } = (options ?? {}) as Partial<InstrumentOptions>;
  const made = meter ?? meterProvider?.getMeter?.(SCOPE);
  if (made === undefined || (meter === undefined) === (meterProvider === undefined)) {
    throw new PulsewireError(
      "PW_CONFIG",
      "instrument takes a meter or a meterProvider of OpenTelemetry, one of the two: instrument({ meterProvider })",
    );
  }
  return made;
}

const ENDS_BY_HEARTBEAT: readonly Attributes[] = [
  { "pulsewire.end.kind": "peer-silent", "pulsewire.end.by_heartbeat": true },
  { "pulsewire.end.kind": "outbound-blocked", "pulsewire.end.by_heartbeat": true },
  {
    "pulsewire.end.kind": "closed",
    "pulsewire.end.by_heartbeat": true,
    "pulsewire.close.by": "remote",
    "pulsewire.close.code": closeCodeName(CloseCode.HEARTBEAT_TIMEOUT),
  },
];

/** Few values each: a metric has one series for every combination of them. */
function describeEnd(end: ConnectionEnd): Attributes {
  const attributes: Attributes = {
    "pulsewire.end.kind": end.kind,
    "pulsewire.end.by_heartbeat": endedByHeartbeat(end),
  };
  if (end.kind === "closed") attributes["pulsewire.close.by"] = end.by;
  if ("code" in end) attributes["pulsewire.close.code"] = codeNameOf(end.code);
  return attributes;
}

/** A peer may send any number: all that the protocol does not name are one. */
function codeNameOf(code: number): string {
  return Object.values<number>(CloseCode).includes(code) ? closeCodeName(code) : "_OTHER";
}

function detectionDelayMs(end: ConnectionEnd): number | undefined {
  if (end.kind === "peer-silent") return end.evidence.silentForMs;
  return end.kind === "outbound-blocked" ? end.blockedForMs : undefined;
}
