import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { PulsewireError } from "../core/index.ts";
import {
  refuseOsKeepAlive,
  resolveAttempt,
  Session,
  type SessionOptions,
} from "../driver/index.ts";
import type { OsKeepAliveOptions } from "../node/keep-alive.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { linkOf } from "./attach.ts";
import { checkAddress, describeError, formatAddress, maxFrameBytes } from "./options.ts";

/** Options of {@link connect}: where to, with TLS or without, and those of every session. */
export interface ConnectOptions extends SessionOptions, OsKeepAliveOptions {
  /** Name or IP address. Default "localhost". */
  readonly host?: string | undefined;
  /** TCP port, 1 to 65535. Either this or `path`. */
  readonly port?: number | undefined;
  /** Unix socket, instead of host and port. */
  readonly path?: string | undefined;
  /**
   * TLS: true, or the options of `tls.connect`, such as `ca`, and `cert` and
   * `key` for a server that wants to know its clients. Default: none.
   */
  readonly tls?: ConnectionOptions | true | undefined;
  /** Gives the attempt up. Once connected it has no effect: close or abort the session. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole attempt, TLS handshake included, in ms. 1 to 3600000, default 10000. */
  readonly connectTimeoutMs?: number | undefined;
}

/**
 * The longest frame that `options` allow, in octets; and the proof that they
 * are sound, without dialling.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function checkConnect(options: ConnectOptions): number {
  const maxFrame = maxFrameBytes(options); // first: it refuses what is no object
  checkAddress(options, 1);
  if (options.path !== undefined) refuseOsKeepAlive(options, "a Unix socket has none");
  return maxFrame;
}

/**
 * Connects, once, and opens a session.
 *
 * Rejects with PulsewireError `PW_CONFIG` for an option out of range,
 * `PW_CONNECT_FAILED` with the `cause` where there is one, or the reason of
 * `signal`. Whatever it rejects with, no socket is left behind.
 */
export async function connect(options: ConnectOptions = {}): Promise<Session> {
  const maxFrame = checkConnect(options);
  const { signal, connectTimeoutMs } = resolveAttempt(options);

  const host = options.path === undefined ? (options.host ?? "localhost") : undefined;
  const target = formatAddress({ ...options, host }, options.tls !== undefined);
  const failed = (why: string, cause?: unknown) =>
    new PulsewireError("PW_CONNECT_FAILED", `cannot connect to ${target}: ${why}`, {
      side: "remote",
      cause,
    });
  const socket = dial(options, host);
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      socket.off("close", onClose);
    };
    const fail = (reason: unknown) => {
      settle();
      // A socket that is being destroyed may still report why.
      socket.on("error", () => {});
      socket.destroy();
      reject(reason);
    };
    const onAbort = () => fail(signal?.reason);
    const onError = (error: Error) => fail(failed(describeError(error), error));
    const onClose = () => fail(failed("the connection was closed before it was established"));
    const timer = setTimeout(() => {
      fail(failed(`not established within ${connectTimeoutMs} ms (connectTimeoutMs)`));
    }, connectTimeoutMs);
    signal?.addEventListener("abort", onAbort);
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.once(options.tls === undefined ? "connect" : "secureConnect", () => {
      settle();
      const { osKeepAliveMs } = options;
      const names = options.path === undefined ? { osKeepAliveMs } : { remote: target };
      // At once, in the socket's own event: nothing can happen to it in between [PW-TCP-2].
      resolve(Session.open(linkOf(socket, names, maxFrame), options, nodeRuntime));
    });
  });
}

function dial(options: ConnectOptions, host: string | undefined): Socket {
  const { port = 0, path, tls } = options;
  const to = path === undefined ? { host, port } : { path };
  if (tls === undefined) return connectTcp({ ...to });
  try {
    return connectTls({ ...(tls === true ? {} : tls), ...to });
  } catch (cause) {
    // A certificate or key that cannot be read is thrown at once.
    throw new PulsewireError("PW_CONFIG", `tls: ${describeError(cause)}`, { cause });
  }
}
