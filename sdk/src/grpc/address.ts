import { PulsewireError } from "../core/index.ts";

/** A host and a port as a `grpc:` or `grpcs:` URL has them. */
export interface GrpcAddress {
  readonly secure: boolean;
  /** `host:port`, as grpc-js takes it; an IPv6 address in brackets. */
  readonly hostPort: string;
}

/**
 * Reads `grpc://host:port` (plain) and `grpcs://host:port` (TLS).
 *
 * @throws PulsewireError `PW_URL`: another scheme, no port, or more than host and port.
 */
export function parseUrl(given: string | URL): GrpcAddress {
  const text = String(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url !== undefined && /^\/?$/.test(url.pathname) && !/[?#@]/.test(url.href);
  if (url === undefined || !isBare || url.port === "" || !/^grpcs?:$/.test(url.protocol)) {
    throw new PulsewireError(
      "PW_URL",
      `a URL such as "grpc://host:port" or "grpcs://host:port" is needed; got "${given}"`,
    );
  }
  return { secure: url.protocol === "grpcs:", hostPort: url.host };
}

/** The URL of a listener, with the host it was told: one that listens everywhere says so. */
export function urlOf(secure: boolean, host: string, port: number): string {
  return `${transportOf(secure)}://${hostPort(host, port)}`;
}

/** What a session says of its transport; the scheme of its URL, too. */
export function transportOf(secure: boolean): "grpc" | "grpcs" {
  return secure ? "grpcs" : "grpc";
}

/** "127.0.0.1:80", "[::1]:80". */
export function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
