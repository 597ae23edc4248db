import { PulsewireError } from "../core/index.ts";

/** What the URL of something that speaks Pulsewire says. */
export type Target =
  | {
      readonly binding: "tcp" | "grpc";
      readonly secure: boolean;
      readonly host: string;
      readonly port: number;
    }
  | { readonly binding: "unix"; readonly path: string }
  | {
      readonly binding: "ws";
      readonly secure: boolean;
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly path: string;
    };

const EXAMPLES =
  "tcp://127.0.0.1:7400, tls://..., unix:/tmp/pulsewire.sock, ws://127.0.0.1:7400/path, wss://..., grpc://127.0.0.1:7400 or grpcs://...";

/** The port that a URL without one means; the others have no customary port. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { ws: 80, wss: 443 };

/**
 * Reads where to listen or to connect to.
 *
 * @throws PulsewireError `PW_URL` that says what a URL looks like.
 */
export function parseTarget(text: string): Target {
  if (text.startsWith("unix:")) return parseUnix(text);
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  if (scheme === undefined) {
    const guess = /^[\w.[\]:-]+:\d+$/.test(text) ? `did you mean tcp://${text}?` : EXAMPLES;
    throw urlError(`"${text}" is not a URL: ${guess}`);
  }
  if (!/^(tcp|tls|wss?|grpcs?)$/.test(scheme)) {
    throw urlError(`${scheme}:// is not spoken here; use ${EXAMPLES}`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw urlError(`"${text}" is not a URL: ${EXAMPLES}`);
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw urlError(`"${text}": a user, a password or a #fragment has no meaning here`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port);
  if (host === "") throw urlError(`"${text}" has no host: ${scheme}://127.0.0.1:7400`);
  if (port === undefined) throw urlError(`"${text}" has no port: ${scheme}://${url.hostname}:7400`);
  const secure = scheme === "tls" || scheme === "wss" || scheme === "grpcs";
  if (scheme === "ws" || scheme === "wss") {
    return { binding: "ws", secure, url: url.href, host, port, path: url.pathname };
  }
  if (url.search !== "" || !/^\/?$/.test(url.pathname)) {
    throw urlError(`"${text}": ${scheme}:// has a host and a port, and no path`);
  }
  return { binding: scheme.startsWith("grpc") ? "grpc" : "tcp", secure, host, port };
}

function parseUnix(text: string): Target {
  // unix:/path and unix:///path are the same; unix:path is relative.
  const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "" || path.startsWith("//")) {
    throw urlError(`"${text}" has no path: unix:/tmp/pulsewire.sock`);
  }
  return { binding: "unix", path };
}

/** A target as a person writes it. */
export function formatTarget(target: Target): string {
  switch (target.binding) {
    case "unix":
      return `unix:${target.path}`;
    case "ws":
      return target.url;
    case "tcp":
      return `${target.secure ? "tls" : "tcp"}://${authority(target)}`;
    case "grpc":
      return `${target.secure ? "grpcs" : "grpc"}://${authority(target)}`;
  }
}

/** `host:port`, with an IPv6 address in brackets. */
export function authority({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** An address that cannot be read. */
export function urlError(message: string): PulsewireError {
  return new PulsewireError("PW_URL", message);
}
