// The octet streams: what conformance/vectors/delimited.json is made of. The frames that come out,
// and what ends a stream, are for the generator to find.

/**
 * @typedef {object} StreamScript
 * @property {string} name
 * @property {string[]} clauses
 * @property {string} hex spaces between a length and its frame
 * @property {number} [max_frame_bytes]
 */

const BEAT = "08011203088827";
const HELLO = "08011a0568656c6c6f";
/** A frame of data, of 200 octets: its length takes two. */
const LONG = `08011ac301${"2e".repeat(195)}`;
/** The shortest limit that is tried. */
const LIMIT = 1024;

/** @type {readonly StreamScript[]} */
export const STREAMS = [
  stream("nothing", "TCP-3", ""),
  stream("one-frame", "TCP-1", `07 ${BEAT}`),
  stream("three-frames", "TCP-1 TCP-3", `07 ${BEAT} 09 ${HELLO} 04 08011200`),
  stream("length-of-two-octets", "TCP-1", `c801 ${LONG} 07 ${BEAT}`),
  stream("length-padded-to-two-octets", "TCP-1", `8700 ${BEAT} 09 ${HELLO}`),
  stream("length-padded-to-five-octets", "TCP-1 TCP-4", `8780808000 ${BEAT} 09 ${HELLO}`),
  stream("malformed-frame-between", "FRM-3", `07 ${BEAT} 02 0800 07 ${BEAT}`),
  stream("length-0", "FRM-3", `07 ${BEAT} 00 07 ${BEAT}`),
  stream("length-0-first", "FRM-3", "00"),
  stream("length-0-padded", "FRM-3", "808000"),

  stream("ends-in-a-frame", "TCP-3", `07 ${BEAT} 09 ${HELLO.slice(0, -2)}`),
  stream("ends-before-a-frame", "TCP-3", `07 ${BEAT} 09`),
  stream("ends-in-a-length", "TCP-3", `07 ${BEAT} c8`),
  stream("ends-in-a-length-of-five-octets", "TCP-4", "80808080"),

  stream("length-of-six-octets", "TCP-4", "878080808000"),
  stream("length-not-complete-after-five", "TCP-4", `07 ${BEAT} 8080808080`),
  stream("length-all-ones", "TCP-4", "ffffffffff"),
  stream("length-above-32-bits", "TCP-4", "8080808010"),
  stream("length-above-32-bits-and-more", "TCP-4", `07 ${BEAT} ffffffff7f 00`),

  stream("frame-of-the-limit-announced", "LIM-1", "808040"),
  stream("frame-above-the-limit", "LIM-1", `07 ${BEAT} 818040`),
  stream("frame-above-the-limit-padded", "LIM-1 TCP-4", "8180c00000"),
  stream("frame-of-int32-max", "LIM-1", "ffffffff07"),
  stream("frame-above-int32", "LIM-1", "8080808008"),
  stream("frame-of-uint32-max", "LIM-1 TCP-4", "ffffffff0f"),
  stream("frame-above-the-limit-begun", "LIM-1", `818040 ${HELLO}`),
  stream("configured-limit-kept", "LIM-1", `8008 ${data(LIMIT)} 07 ${BEAT}`, LIMIT),
  stream("configured-limit-passed", "LIM-1", `07 ${BEAT} 8108`, LIMIT),

  stream("http-request", "TCP-3", "474554202f20485454502f312e310d0a0d0a"),
];

/**
 * @param {string} name
 * @param {string} clauses
 * @param {string} hex
 * @param {number} [limit]
 * @returns {StreamScript}
 */
function stream(name, clauses, hex, limit) {
  return {
    name,
    clauses: clauses.split(" ").map((id) => `PW-${id}`),
    hex,
    ...(limit === undefined ? {} : { max_frame_bytes: limit }),
  };
}

/**
 * A frame of data of so many octets, 130 to 16386.
 *
 * @param {number} octets
 */
function data(octets) {
  const rest = octets - 5;
  const length = [(rest % 128) + 128, Math.floor(rest / 128)];
  return `08011a${Buffer.from(length).toString("hex")}${"2e".repeat(rest)}`;
}
