import type {
  Counter,
  Histogram,
  Meter,
  MetricAdvice,
  MetricOptions,
  UpDownCounter,
} from "@opentelemetry/api";

/**
 * Every metric there is. Names, units and attributes follow the semantic
 * conventions of OpenTelemetry: dots for namespaces, past participles for what
 * is counted, seconds. docs/observability.md has the same table, and a test
 * holds the two together.
 */
export interface Instruments {
  readonly active: UpDownCounter;
  readonly opened: Counter;
  readonly ended: Counter;
  readonly sent: Counter;
  readonly received: Counter;
  readonly suspected: Counter;
  readonly recovered: Counter;
  readonly pardoned: Counter;
  readonly extended: Counter;
  readonly detection: Histogram;
  readonly roundTrip: Histogram;
  readonly stall: Histogram;
}

/** From a heartbeat-time of 100 ms to the ceiling of an hour, each bound about twice the one before. */
const DETECTION_BOUNDS_S = [
  0.2, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 300, 600, 1800, 3600,
];
/** From a machine's own loopback to a satellite on a bad day. */
const ROUND_TRIP_BOUNDS_S = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
/** Nothing below 0.1 s is called a stall; the slack of most people lies between 0.5 and 10 s. */
const STALL_BOUNDS_S = [0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

/** Makes the instruments on a meter. Its SDK gives the same ones for the same names. */
export function createInstruments(meter: Meter): Instruments {
  const options = (unit: string, description: string): MetricOptions => ({ unit, description });
  const seconds = (description: string, bounds: number[]): MetricOptions => {
    const advice: MetricAdvice = { explicitBucketBoundaries: bounds };
    return { ...options("s", description), advice };
  };
  return {
    active: meter.createUpDownCounter(
      "pulsewire.session.active",
      options("{session}", "Sessions that are open."),
    ),
    opened: meter.createCounter(
      "pulsewire.session.opened",
      options("{session}", "Sessions opened, dialled and accepted."),
    ),
    ended: meter.createCounter(
      "pulsewire.session.ended",
      options("{session}", "Sessions ended, by how and why."),
    ),
    sent: meter.createCounter(
      "pulsewire.heartbeat.sent",
      options("{heartbeat}", "Heartbeats sent, by what made them due."),
    ),
    received: meter.createCounter(
      "pulsewire.heartbeat.received",
      options("{heartbeat}", "Heartbeats received."),
    ),
    suspected: meter.createCounter(
      "pulsewire.peer.suspected",
      options("{suspicion}", "Peers silent for longer than they should be, and probed."),
    ),
    recovered: meter.createCounter(
      "pulsewire.peer.recovered",
      options("{suspicion}", "Suspicions that ended because the peer spoke."),
    ),
    pardoned: meter.createCounter(
      "pulsewire.peer.pardoned",
      options("{pardon}", "Peers given more time because this side judged late."),
    ),
    extended: meter.createCounter(
      "pulsewire.peer.extended",
      options("{extension}", "Peers given more time because they could still be reached."),
    ),
    detection: meter.createHistogram(
      "pulsewire.detection.delay",
      seconds(
        "From the last sign of a peer, or the last octet it took, until it was declared down.",
        DETECTION_BOUNDS_S,
      ),
    ),
    roundTrip: meter.createHistogram(
      "pulsewire.heartbeat.round_trip.duration",
      seconds("Round trips measured with heartbeats.", ROUND_TRIP_BOUNDS_S),
    ),
    stall: meter.createHistogram(
      "pulsewire.loop.stall.duration",
      seconds(
        "How late the timer of all sessions fired, when by more than 100 ms.",
        STALL_BOUNDS_S,
      ),
    ),
  };
}
