/**
 * Metrics of the sessions of this process, on the metrics API of OpenTelemetry.
 * It stands on the types of `@opentelemetry/api` alone; the meter is yours.
 */
export { type InstrumentOptions, instrument } from "./instrument.ts";
