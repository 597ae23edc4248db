import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { PulsewireError } from "../core/index.ts";
import { refuseOsKeepAlive, Session, type SessionOptions } from "../driver/index.ts";
import { keepAlive, type OsKeepAliveOptions } from "../node/keep-alive.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { formatHost, maxFrameBytes } from "./options.ts";
import { StreamLink } from "./stream-link.ts";

/** Options of {@link attach}. */
export interface AttachOptions extends SessionOptions, OsKeepAliveOptions {
  /** What `session.transport` is to say. Default "tcp", "tls", "unix", or "stream" for a Duplex that is no socket. */
  readonly transport?: string | undefined;
  /** What `session.remote` is to say. Default the socket's address, or "stream". */
  readonly remote?: string | undefined;
}

/**
 * Puts a session on a stream one already has: a socket, an SSH channel, a pipe.
 * Both ends have to do so. From then on the stream is the session's: nobody
 * else may read, write or destroy it. Octets that it has not handed out yet
 * are not lost.
 *
 * @throws PulsewireError `PW_CONFIG` for an option out of range, or a stream that
 *   is not connected yet or does not carry octets; the stream is left as it was.
 */
export function attach(stream: Duplex, options: AttachOptions = {}): Session {
  requireOctetStream(stream);
  const maxFrame = maxFrameBytes(options);
  const isTcp = stream instanceof Socket && stream.remoteAddress !== undefined;
  if (!isTcp) refuseOsKeepAlive(options, "this stream is no TCP socket");
  return Session.open(linkOf(stream, options, maxFrame), options, nodeRuntime);
}

/** A link on a connected stream. */
export function linkOf(
  stream: Duplex,
  names: Pick<AttachOptions, "transport" | "remote" | "osKeepAliveMs">,
  maxFrame: number,
): StreamLink {
  if (stream instanceof Socket) stream.setNoDelay(true); // PW-TCP-7
  keepAlive(stream, names);
  return new StreamLink(stream, {
    transport: names.transport ?? transportOf(stream),
    remote: names.remote ?? remoteOf(stream),
    maxFrameBytes: maxFrame,
  });
}

function transportOf(stream: Duplex): string {
  if (stream instanceof TLSSocket) return "tls";
  if (!(stream instanceof Socket)) return "stream";
  return stream.remoteAddress === undefined ? "unix" : "tcp";
}

function remoteOf(stream: Duplex): string {
  if (!(stream instanceof Socket)) return "stream";
  const { remoteAddress, remotePort } = stream;
  if (remoteAddress === undefined) return "unix";
  // Not a template: that would keep its parts.
  return [formatHost(remoteAddress), remotePort].join(":");
}

function requireOctetStream(stream: Duplex): void {
  const refuse = (why: string): never => {
    throw new PulsewireError("PW_CONFIG", `attach needs a connected stream of octets: ${why}`);
  };
  if (!(stream instanceof Duplex)) refuse("this is no Duplex of node:stream");
  if (stream.readableObjectMode || stream.writableObjectMode) refuse("this one is in object mode");
  if (stream.readableEncoding !== null) refuse("this one has an encoding set");
  // The connection is open when the stream is [PW-TCP-2]; before, heartbeats would pile up in it.
  if (stream instanceof Socket && stream.pending && !stream.destroyed) {
    refuse(`wait for its "${stream instanceof TLSSocket ? "secureConnect" : "connect"}" event`);
  }
}
