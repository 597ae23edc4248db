import { ADOPTION } from "./adoption.mjs";
import { CLOCK } from "./clock.mjs";
import { CLOSING } from "./closing.mjs";
import { LIFE } from "./life.mjs";
import { LIMITS } from "./limits.mjs";
import { MESSAGES } from "./messages.mjs";
import { OPENING } from "./opening.mjs";
import { OUTBOUND } from "./outbound.mjs";
import { PROBES } from "./probes.mjs";
import { ROUND_TRIP } from "./round-trip.mjs";
import { SENDING } from "./sending.mjs";
import { VERSIONS } from "./versions.mjs";

/** In the order of the protocol's sections. */
export const TRACES = [
  ...OPENING,
  ...ADOPTION,
  ...SENDING,
  ...MESSAGES,
  ...LIFE,
  ...PROBES,
  ...ROUND_TRIP,
  ...CLOCK,
  ...OUTBOUND,
  ...CLOSING,
  ...VERSIONS,
  ...LIMITS,
];
