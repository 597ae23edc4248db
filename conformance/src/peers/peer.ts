/**
 * A raw peer: one connection as the harness holds it, on any transport.
 *
 * A peer keeps no rule of the protocol by itself. It frames what it is told to
 * send, or sends octets beneath the framing, and tells its sink what arrived.
 */
import type { TransportName } from "../model.ts";

export type { Address, Listener as RawListener } from "../network/network.ts";

/** One read from the transport: frames of one read share its time. */
export interface Read {
  /** Counts the reads of this connection, from 1. */
  readonly batch: number;
  /** When the read was seen, on the clock of the one who reads. */
  readonly at: bigint;
}

/** How the other side ended its direction, or the connection. */
export interface PeerEnd {
  readonly how: "fin" | "reset" | "half-close" | "status" | "close-code" | "refused";
  /** The WebSocket close code or gRPC status, where there was one. */
  readonly code?: number | undefined;
  readonly detail?: string | undefined;
}

/** Who hears what happens on a connection. */
export interface PeerSink {
  /** The connection is open as its binding defines it, since `at` on the clock of the one who hears it. */
  onOpen(at: bigint): void;
  /** A frame has begun; its length is known before its octets are there; `head` octets said so, where that varies. */
  onAnnounced?(length: number, head?: number): void;
  /** Octets of frames arrived, whole or in part; comes after the frames of the read. */
  onProgress?(pendingBytes: number): void;
  onFrame(octets: Uint8Array, read: Read): void;
  /** Something that is no frame: a handshake, a ping, octets without sense. */
  onOctets(octets: Uint8Array, what: string, read: Read): void;
  /** May come more than once: a close code, and then the FIN. */
  onEnd(end: PeerEnd): void;
  /** The transport took what waited. */
  onDrain?(): void;
  /** The transport is gone. Exactly once, last. */
  onGone(): void;
}

export interface RawPeer {
  readonly transport: TransportName;
  /** True until the transport is gone. */
  readonly alive: boolean;
  /** Octets that were sent and that the operating system has not taken yet. */
  readonly unsentBytes: number;
  /** Begins to read; call once. */
  start(sink: PeerSink): void;
  /** A frame as it crosses this transport, with its framing. */
  framed(frame: Uint8Array): Uint8Array;
  /** What this transport puts before a frame of so many octets. */
  head(length: number): Uint8Array;
  /** Octets as they are, beneath the framing. Never throws: what a dead transport does not take is lost. */
  sendOctets(octets: Uint8Array): void;
  /** A WebSocket text message. */
  sendText(text: string): void;
  /** A WebSocket ping or an HTTP/2 PING. */
  ping(): void;
  pause(): void;
  resume(): void;
  /** Ends this direction and nothing else: FIN, or END_STREAM. */
  halfClose(): void;
  /** Ends the connection in the manner of the transport, with the code that stands for a Close code. */
  end(closeCode?: number): void;
  /** Cuts the connection: RST. */
  reset(): void;
  /** Lets go of everything at once. */
  abort(): void;
}

/** Manners of a peer as it opens, good by default. */
export interface Manners {
  /** WebSocket: what to offer, or to select; `null` for none. */
  readonly subprotocol?: string | null | undefined;
  /** WebSocket, as a server: take a client that offers something else. */
  readonly anySubprotocol?: boolean | undefined;
  /** WebSocket, as a client: go on whatever the server has selected. */
  readonly anyResponse?: boolean | undefined;
  /** WebSocket: leave pings unanswered. */
  readonly withholdPong?: boolean | undefined;
  /** WebSocket, as a client: offer compression, to see whether it is taken up. */
  readonly offerCompression?: boolean | undefined;
  /** WebSocket, as a server: say that compression is taken up, without compressing anything. */
  readonly acceptCompression?: boolean | undefined;
  /** gRPC, as a client: the method to call. */
  readonly path?: string | undefined;
  /** gRPC, as a server: take a call of any method. */
  readonly anyMethod?: boolean | undefined;
  /** gRPC, as a server: send no response headers before the first frame. */
  readonly withholdHeaders?: boolean | undefined;
  /** Do not answer the other side's end with one's own. */
  readonly linger?: boolean | undefined;
}

export const SUBPROTOCOL = "pulsewire.v1";
export const GRPC_PATH = "/pulsewire.v1.LivenessService/Connect";
