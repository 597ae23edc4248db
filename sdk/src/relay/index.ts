/**
 * Pulsewire around programs that do not speak it, and between transports: what
 * `pulsewire relay` runs. docs/relay.md.
 */
export type { LegName, RelayEvent } from "./events.ts";
export type { Traffic } from "./pipe.ts";
export { type Relay, type RelayOptions, relay } from "./relay.ts";
export type { TlsFiles } from "./transports.ts";
