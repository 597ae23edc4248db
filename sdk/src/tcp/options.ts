import { type ConnectionConfig, PulsewireError } from "../core/index.ts";
import { checkWholeNumber, resolveOptions } from "../driver/index.ts";
import { checkKeepAlive, type OsKeepAliveOptions } from "../node/keep-alive.ts";

/** An address of a stream socket. Exactly one of `port` and `path`. */
export interface Address {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

/**
 * The longest frame that `options` allow, in octets; and the proof that they
 * are sound, before anything is opened.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function maxFrameBytes(options: ConnectionConfig & OsKeepAliveOptions): number {
  const { maxFrameBytes } = resolveOptions(options);
  checkKeepAlive(options);
  return maxFrameBytes;
}

/** @throws PulsewireError `PW_CONFIG` for an address that is none. */
export function checkAddress(address: Address, leastPort: 0 | 1): void {
  const { host, port, path } = address;
  if (path !== undefined) {
    if (port !== undefined || host !== undefined) {
      throw new PulsewireError(
        "PW_CONFIG",
        "path is a Unix socket and port is TCP: give one of them",
      );
    }
    if (typeof path !== "string" || path === "") {
      throw new PulsewireError(
        "PW_CONFIG",
        `path must be the path of a Unix socket; got "${path}"`,
      );
    }
    return;
  }
  if (host !== undefined && (typeof host !== "string" || host === "")) {
    throw new PulsewireError("PW_CONFIG", `host must be a name or an IP address; got "${host}"`);
  }
  if (port === undefined && leastPort === 0) return;
  checkWholeNumber("port", port, leastPort, 65_535);
}

/** An address as a URL: `tcp://host:port`, `tls://host:port`, `unix:/path`. */
export function formatAddress(address: Address, secure: boolean): string {
  const { host = "", port, path } = address;
  if (path !== undefined) return `unix:${path}`;
  return `${secure ? "tls" : "tcp"}://${formatHost(host)}:${port}`;
}

/** An IPv6 address in brackets, so that the port behind it can be told apart. */
export function formatHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * What an error of Node says. A connect that tried several addresses throws an
 * `AggregateError` whose own message is empty.
 */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map((each) => describeError(each)).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
