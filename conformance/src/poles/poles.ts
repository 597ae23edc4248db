/** The poles, from the deadest to the liveliest. */
import type { RawPeer } from "../peers/peer.ts";
import { every } from "../time/time.ts";
import { dataOf, decodeFrame } from "../wire/decode.ts";
import { encodeFrame, type FrameSpec } from "../wire/encode.ts";
import { onPeers, onSockets, type Pole } from "./pole.ts";

const PROTOCOL_ERROR = 4;
/** How often the talkative ones talk, in milliseconds. */
const CHATTER_MS = 100;
const MAX_NOISE_BYTES = 64;

function say(peer: RawPeer, frame: FrameSpec): void {
  peer.sendOctets(peer.framed(encodeFrame(frame)));
}

export type PoleName =
  | "dead-port"
  | "fin-at-accept"
  | "rst-at-accept"
  | "hang-up"
  | "mute"
  | "deaf"
  | "echo"
  | "byte-echo"
  | "yes"
  | "no"
  | "noise"
  | "all-talk";

export const POLES: Readonly<Record<PoleName, Pole>> = {
  "dead-port": {
    does: "says that it listens, or dials, and does neither",
    async open({ role }, { machine }) {
      if (role === "dial") return undefined;
      const listener = await machine.network.listen((socket) => socket.destroy());
      listener.close();
      return listener.address;
    },
  },
  "fin-at-accept": onSockets("ends each byte stream as it opens", (socket) => {
    socket.resume();
    socket.end();
  }),
  "rst-at-accept": onSockets("cuts each byte stream as it opens", (socket) => {
    socket.resetAndDestroy();
  }),
  "hang-up": onPeers("shakes hands and hangs up", (peer) => ({ onOpen: () => peer.end() })),
  mute: onPeers("reads and never writes", () => ({})),
  deaf: onPeers("sends heartbeats and never reads", (peer, { machine, keep }, { config }) => ({
    onOpen() {
      peer.pause();
      const beat = (): void =>
        say(peer, { heartbeat: { heartbeatTimeMs: config.heartbeat_time_ms } });
      beat();
      keep(every(machine.time, CHATTER_MS, beat));
    },
  })),
  echo: onPeers("sends back whatever it is sent", (peer) => ({
    onFrame: (octets) => peer.sendOctets(peer.framed(octets)),
  })),
  "byte-echo": onSockets("sends back each octet of the byte stream", (socket) => {
    socket.on("data", (chunk: Buffer) => socket.write(chunk));
    socket.on("end", () => socket.end());
  }),
  yes: onPeers(
    "answers each frame with a kind one, adopts everything and ends nothing",
    (peer, { machine, keep }, { config }) => {
      let time = config.heartbeat_time_ms;
      const beat = (): void => say(peer, { heartbeat: { heartbeatTimeMs: time } });
      return {
        onOpen() {
          beat();
          keep(every(machine.time, CHATTER_MS, beat));
        },
        onFrame(octets) {
          const { heartbeat, data } = decodeFrame(octets);
          time = heartbeat?.heartbeatTimeMs ?? time;
          if (data !== undefined) say(peer, { data: dataOf(octets) });
          else
            say(peer, {
              heartbeat: { heartbeatTimeMs: time, echo: heartbeat?.timestamp, heldUs: 0 },
            });
        },
      };
    },
    { linger: true },
  ),
  no: onPeers("ends each connection with PROTOCOL_ERROR at the first frame", (peer) => ({
    onFrame() {
      say(peer, { close: { code: PROTOCOL_ERROR } });
      peer.end(PROTOCOL_ERROR);
    },
  })),
  noise: onPeers("sends octets at random", (peer, { machine, keep }) => ({
    onOpen() {
      const random = (below: number): number => Math.floor(machine.random() * below);
      const shout = (): void => {
        const octets = Uint8Array.from({ length: 1 + random(MAX_NOISE_BYTES) }, () => random(256));
        peer.sendOctets(random(2) === 0 ? octets : peer.framed(octets));
      };
      shout();
      keep(every(machine.time, CHATTER_MS, shout));
    },
  })),
  "all-talk": onPeers(
    "reports openings, states, messages and ends, and sends nothing",
    (_, { write, announce }, { role, conn }) => ({
      onOpen() {
        const name = role === "dial" ? conn : announce();
        for (const event of ["state", "message", "end"] as const) write({ event, conn: name });
      },
    }),
  ),
};

export function isPole(name: string): name is PoleName {
  return Object.hasOwn(POLES, name);
}
