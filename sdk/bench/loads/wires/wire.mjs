/**
 * What a load has to know of a protocol to keep a connection alive in it: as few
 * octets and as little work as will do.
 *
 * @typedef {object} Wire
 * @property {Buffer} [opening] What a client says as soon as it is connected.
 * @property {boolean} [handshake] The connection is open only when `take` says so.
 * @property {Buffer} [beat] What it says once in a heartbeat-time; none: it only answers.
 * @property {(octets: Buffer, at: number, line: Line) => number} take Reads one item of the protocol at `at`, tells the line what it was, and returns its length; 0: it is not whole yet.
 *
 * @typedef {object} Line What a wire tells of what it read, on one connection.
 * @property {boolean} open The handshake is over.
 * @property {() => void} opened
 * @property {() => void} heard A heartbeat came.
 * @property {(octets: Buffer) => void} answer Something that asks for an answer came, and this is the answer.
 * @property {() => void} ended The server said that it ends it.
 * @property {(octets: Buffer) => void} write What the protocol itself wants written: no heartbeat.
 */

export {};
