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

/** What {@link parseTarget} reads. */
export const TARGETS: string =
  "tcp://127.0.0.1:7400, tls://..., unix:/tmp/pulsewire.sock, ws://127.0.0.1:7400/path, wss://..., grpc://127.0.0.1:7400 or grpcs://...";

/** The port that a URL without one means; the others have no customary port. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { ws: 80, wss: 443 };

/**
 * Reads where to listen or to connect to.
 *
 * @param examples what URLs look like, for the error.
 * @param prefix what came before `text` in the URL as it was given, for the error.
 * @throws PulsewireError `PW_URL` that says what a URL looks like.
 */
export function parseTarget(text: string, examples: string = TARGETS, prefix = ""): Target {
  const given = `"${prefix}${text}"`;
  if (text.startsWith("unix:")) return parseUnix(text, given, prefix);
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  if (scheme === undefined) {
    const isAddress = /^[\w.[\]:-]+:\d+$/.test(text);
    const guess = `did you mean ${prefix}tcp://${text}? There is ${examples}`;
    throw urlError(`${given} is not a URL: ${isAddress ? guess : examples}`);
  }
  if (!/^(tcp|tls|wss?|grpcs?)$/.test(scheme)) {
    throw urlError(`${given}: ${prefix}${scheme}:// is not spoken here; use ${examples}`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw urlError(`${given} is not a URL: ${examples}`);
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw urlError(`${given}: a user, a password or a #fragment has no meaning here`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port);
  const like = (name: string) => `${prefix}${scheme}://${name}:7400`;
  if (host === "") throw urlError(`${given} has no host: ${like("127.0.0.1")}`);
  if (port === undefined) throw urlError(`${given} has no port: ${like(url.hostname)}`);
  const secure = scheme === "tls" || scheme === "wss" || scheme === "grpcs";
  if (scheme === "ws" || scheme === "wss") {
    return { binding: "ws", secure, url: url.href, host, port, path: url.pathname };
  }
  if (url.search !== "" || !/^\/?$/.test(url.pathname)) {
    throw urlError(`${given}: ${prefix}${scheme}:// has a host and a port, and no path`);
  }
  return { binding: scheme.startsWith("grpc") ? "grpc" : "tcp", secure, host, port };
}

function parseUnix(text: string, given: string, prefix: string): Target {
  // unix:/path and unix:///path are the same; unix:path is relative.
  const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "" || path.startsWith("//")) {
    throw urlError(`${given} has no path: ${prefix}unix:/tmp/pulsewire.sock`);
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
