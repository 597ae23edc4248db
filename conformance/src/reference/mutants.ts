/**
 * The zoo: one deliberate fault each.
 *
 * A check that no broken peer fails checks nothing. Each check names the
 * mutants that must fail it, and `pulsewire-conformance mutants` runs them all.
 */

import type { Role, TransportName } from "../model.ts";

export const MUTANTS = {
  // Next to nothing
  "hang-up-at-once": "completes the handshake and closes",
  silent: "says the right things of itself and nothing on the wire",

  // Frames
  "hang-up-on-frame": "closes on the first frame it receives",
  "version-zero": "sends frames with version 0",
  "zero-time": "sends heartbeat_time_ms 0 where it should be absent",
  "read-is-frame": "takes what one read returns for one frame",
  "loses-coalesced": "handles only the first frame of a read",
  "rejects-unknown-fields": "ends on a field it does not know",
  "ends-on-unknown-body": "ends on a frame whose body it does not know",
  "ignores-malformed": "skips a malformed frame and goes on",
  "ignores-version-zero": "takes frames without a version",
  "varint-unbounded": "reads length prefixes of any length",
  "accepts-tiny-time": "uses a configured heartbeat-time below 100 ms",
  "no-reason": "ends without saying why",
  "wrong-code": "ends with INTERNAL_ERROR whatever the reason",
  "wrong-map": "ends the transport with a code that does not fit its Close",
  lingers: "sends Close and leaves the transport open",
  "waits-for-the-dead": "waits 2 s for a peer that is down to close the transport",

  // Adoption
  "never-adopts": "never takes the peer's heartbeat-time",
  "adopts-larger": "takes any heartbeat-time, larger ones too",
  "second-beat": "adopts only at the second heartbeat",
  "adopts-once": "adopts the first heartbeat-time and no smaller one after it",
  "adopts-zero": "takes a heartbeat-time of 0 for the floor",
  "adopts-absent": "takes a heartbeat without a heartbeat-time for one of the floor",
  "zero-stops": "stops beating at a heartbeat-time of 0",
  "ignores-floor": "adopts whatever small value it hears",
  "advertises-unclamped": "uses the floor and advertises what it heard",
  "advertises-nothing": "adopts and goes on advertising nothing",
  "no-ceiling": "adopts more than an hour",
  "signed-time": "reads a heartbeat-time of 2^31 and more as negative",
  "accepts-tiny-floor": "uses a configured floor below 100 ms",
  "announces-at-half": "announces what it adopted half a heartbeat-time late",
  "announces-again": "announces its floor for each heartbeat-time below it",
  "floor-raises": "applies a floor greater than its own heartbeat-time",
  "adoption-leaks": "begins a connection with what another one adopted",
  "low-default-floor": "has a default floor of 100 ms",

  // Activation
  "eager-passive": "beats although it is passive",
  "any-bytes-activate": "begins to beat on any frame",
  "echo-one-for-one": "answers each heartbeat with one",
  "timer-per-beat": "adds a timer for each heartbeat it hears",

  // Sending
  "first-beat-late": "sends its first heartbeat one heartbeat-time late",
  "late-announcement": "announces what it adopted one heartbeat-time late",
  "stream-replaces-first": "lets data take the place of the first heartbeat",
  "stream-replaces-announcement": "lets data take the place of an announcement",
  "slow-cadence": "beats every 1.5 heartbeat-times",
  "fast-cadence": "beats every half heartbeat-time",
  "fixed-cadence": "beats without any jitter",
  "fixed-period": "beats every 160 ms whatever its heartbeat-time",
  "coarse-timer": "beats at multiples of 250 ms",
  "always-beats": "beats although it sends data all the time",
  "never-always": "lets data replace heartbeats although it is told to always beat",
  "received-postpones-beat": "starts its interval anew with each frame it receives",
  "sent-postpones-deadline": "starts the peer's deadline anew with each frame it sends",
  "beats-queue-behind-data": "sends heartbeats after the data that waits",
  "withdraws-heartbeat": "withdraws a heartbeat that waits when data goes out",
  "beats-pile-up": "queues one heartbeat after another while it cannot send",

  // Data
  "no-reassembly": "delivers each part of a message by itself",
  "heartbeat-breaks-message": "forgets the parts of a message when a heartbeat comes between",
  "more-on-any-body": "takes a heartbeat without the flag for the end of a message",
  "empty-part-ends": "takes an empty part for the end of a message",
  "drops-empty": "does not deliver an empty message",
  "delivers-unfinished": "delivers what it has of a message when the connection ends",
  "swaps-messages": "delivers the second of two messages first",
  "sends-whole": "sends a large message in one frame",
  "mixes-messages": "sends parts of two messages in turn",

  // Life
  "never-kills": "never declares its peer down",
  "kills-early": "declares its peer down after the heartbeat-time, without slack",
  "kills-late": "declares its peer down after twice the time",
  "fixed-deadline": "declares its peer down after 600 ms of silence, whatever the times",
  "triple-deadline": "declares its peer down after three heartbeat-times, whatever the slack",
  "overflows-microseconds": "keeps its deadline in microseconds of 32 bits",
  "overflows-timer": "sets a timer of 32 bits for as long as it takes",
  "zero-slack-is-default": "takes a slack of 0 for none given",
  "accepts-negative-slack": "uses a negative slack",
  "waits-for-first-frame": "has no deadline before the first frame",
  "counts-only-heartbeats": "does not take data for life",
  "unknown-is-no-life": "does not take an unknown body for life",
  "whole-frames-only": "does not take half a frame for life",
  "ping-is-life": "takes the transport's pings for life",
  "ignores-promise": "judges by its own heartbeat-time alone",
  "keeps-smallest-promise": "judges by the smallest heartbeat-time it ever heard",
  "absent-clears-promise": "forgets the promise at a heartbeat without one",
  "keeps-largest-promise": "judges by the largest heartbeat-time it ever heard",
  "passive-times-out": "has a deadline although both sides are passive",
  "charges-while-paused": "counts silence while it does not read",
  "suspicion-not-moved": "moves the deadline by the time it did not read, and not the suspicion",
  "loses-unread": "drops what comes while its application does not read",
  "reorders-unread": "delivers last what its application had not read",
  "optional-probes": "probes a peer that need not beat",
  "optional-armed-by-any": "has a deadline for an optional peer from its first frame on",
  "optional-ignored": "requires heartbeats of a peer that need not send any",
  "optional-never-arms": "never has a deadline for an optional peer",
  "long-default-slack": "has a default slack of 5 s",
  "naive-timer": "judges when the timer fires, before it reads",
  "no-pardon": "declares a peer down after a long delay of its own",
  "endless-pardon": "gives the peer more time after every delay of its own",
  "one-pardon-ever": "gives the peer more time after the first delay of a connection only",
  "always-pardons": "gives the peer more time however short its own delay was",
  "never-blocked": "waits for ever for a transport that takes nothing",
  "impatient-writer": "ends although the peer reads, only slowly",

  "wall-deadlines": "keeps deadlines on the wall clock",
  "ignores-suspend": "asks nobody after its machine was suspended",
  "suspend-kills": "declares its peer down as soon as its machine runs again",
  "suspend-probes-passive": "probes after a suspend although it is passive",

  // Probes and round trip
  "no-probe": "never probes a suspect",
  "probes-early": "probes after the heartbeat-time already",
  "fixed-suspicion": "probes after 600 ms of silence, whatever the times",
  "suspicion-by-share": "probes after 0.6 of the time until the deadline",
  "probes-often": "probes a suspect again and again",
  "probes-once": "probes in the first silence only",
  "no-answer": "does not answer probes",
  "late-answer": "answers 400 ms late",
  "asks-back": "requests a reply in its answers",
  "passive-answers-with-time": "advertises a heartbeat-time in answers although passive",
  "probe-activates": "begins to beat when it is probed",
  "unbounded-answers": "answers every probe, however many",
  "drops-probes": "does not answer probes that come soon after another",
  "no-timestamp": "puts no timestamp on its heartbeats",
  "no-echo": "never repeats a timestamp",
  "echoes-zero": "sends an echo before it heard a timestamp",
  "unstamped-clears-echo": "forgets the last timestamp at a heartbeat without one",
  "trusts-round-trips": "adds the round trip that its peer makes it measure to the deadline",
  "held-zero": "always says that it held a timestamp for no time",
  "held-absent": "does not say how long it held a timestamp",

  // Versions
  "rejects-higher-version": "ends on a higher version although it is spoken too",
  "ignores-version": "takes frames of any version",
  "lowest-zero-counts": "takes a lowest version of 0 for one it speaks",
  "refuses-without-range": "refuses a version without saying which it speaks",
  "close-needs-version": "does not read a Close of a higher version",

  // Closing
  "ignores-close": "goes on after a Close",
  "ignores-unknown-code": "goes on after a Close whose code it does not know",
  "goes-on-after-odd-close": "goes on after a Close that is not as it would write it",
  "ignores-transport-end": "goes on when the transport has ended without a Close",
  "finishes-sending": "goes on sending data after a Close",
  "answers-close": "answers Close with Close",
  "sends-after-close": "keeps sending heartbeats after a Close",
  "reads-after-close": "answers probes that follow a Close",
  "ignores-half-close": "goes on when the peer has ended its direction",
  "close-without-frame": "closes the transport without Close when its application closes",
  "long-reason": "sends reasons of any length",
  "close-drops-data": "closes without sending what waits",
  "waits-for-ever": "waits for ever for the peer to close the transport",

  // Limits
  "no-frame-cap": "takes frames of any length",
  "cap-after-reading": "refuses a frame that is too long only once all of it is there",
  "small-frame-cap": "takes frames of at most 65,536 octets",
  "no-message-cap": "joins messages of any length",
  "small-message-cap": "takes messages of at most 1,048,576 octets",
  "message-cap-accumulates": "counts the octets of all messages together",
  "low-sustained-rate": "takes twenty heartbeats a second",
  "no-pause-credit": "counts heartbeats that came while it did not read as if they came at once",
  "counts-all-frames": "counts every frame as a heartbeat",
  "counts-unfinished": "counts the parts of an unfinished message as unread",
  "first-frame-from-open": "has a time limit for the first frame from the opening on",
  "no-rate-limit": "takes any number of heartbeats",
  "tight-rate-limit": "takes ten heartbeats at once",
  "no-first-frame-limit": "waits for ever for the rest of the first frame",
  "never-pauses": "holds any amount of data that its application has not read",

  // Reconnection
  "timer-leaks": "keeps the timer of a connection that has ended, and beats by it",
  "timer-outlives":
    "keeps the deadline of a connection that has ended, and ends the next one by it",
  "message-leaks": "keeps the parts of a message for the next connection",
  "frame-leaks": "takes the first frame of a connection for the rest of the last one's",
  "budget-leaks": "counts the heartbeats of all connections together",
  "promise-leaks": "judges a new peer by the promise of the last one",
  "suspicion-leaks": "does not probe a new peer if it has probed the last one",
  "pardon-leaks": "pardons no new peer if it has pardoned the last one",

  // Gateways
  "forwards-heartbeats": "passes heartbeats on from one leg to the other",
  "one-machine-for-both": "takes what one leg says for what the other says",
  "credits-other-leg": "takes octets of one leg for life of the other",
  "keeps-other-leg": "keeps the other leg when one is lost",
  "closes-without-reason": "closes the other leg with NORMAL when one is lost",

  // Bindings
  "minimal-lengths-only": "refuses a length with more octets than it needs",
  "accepts-text": "ignores text messages",
  "any-subprotocol": "takes any subprotocol, and none",
  "offers-no-subprotocol": "does not offer the subprotocol",
  "waits-for-peer": "as a client, waits for the server to speak first",
  "late-headers": "sends its response headers with the first frame",
  "no-pong": "does not answer WebSocket pings",
  "offers-compression": "offers permessage-deflate",
  "accepts-compression": "takes up permessage-deflate",
  "other-method": "calls a method of another name",
} as const;

export type Mutant = keyof typeof MUTANTS;

export function isMutant(name: string): name is Mutant {
  return Object.hasOwn(MUTANTS, name);
}

/** Where the fault of a mutant exists, if not everywhere. */
export const MUTANT_PLACES: Readonly<
  Partial<Record<Mutant, { readonly transport?: TransportName; readonly role?: Role }>>
> = {
  "late-headers": { transport: "grpc", role: "listen" },
  "other-method": { transport: "grpc", role: "dial" },
};
