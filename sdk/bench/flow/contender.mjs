// What a contender of the rows about throughput and round trip is: a module with some of the four
// roles below. The side that sends, or answers, listens; the other one dials. Of one library there
// may be several variants, such as one write per message and one per turn.

/**
 * @typedef {object} Listening
 * @property {string} variant
 * @property {(port: number) => void} onListening called once, when it may be dialled
 *
 * @typedef {object} Dialling
 * @property {string} variant
 * @property {number} port of 127.0.0.1
 */

/**
 * Resolves when the receiver is there and has to be sent to.
 *
 * @typedef {(place: Listening) => Promise<Sender>} Send
 *
 * @typedef {object} Sender
 * @property {(message: Uint8Array, count: number) => number} burst sends a message up to `count`
 *   times in one turn, stops where the library says to wait, and says how many it gave away
 * @property {() => Promise<void> | undefined} ready undefined if the library takes more at once
 */

/**
 * Hands every message over as the library does, and tells its length.
 *
 * @typedef {(place: Dialling & { onMessage: (octets: number) => void }) => Promise<void>} Receive
 */

/** Sends back what it gets. @typedef {(place: Listening) => Promise<void>} Answer */

/**
 * Resolves with what sends one message; `onAnswer` hears the length of what comes back.
 *
 * @typedef {(place: Dialling & { onAnswer: (octets: number) => void }) => Promise<(message: Uint8Array) => void>} Ask
 */

/**
 * @typedef {object} Contender
 * @property {Send} [send]
 * @property {Receive} [receive]
 * @property {Answer} [answer]
 * @property {Ask} [ask]
 */
export {};
