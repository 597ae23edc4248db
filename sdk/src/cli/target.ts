import { UsageError } from "./usage-error.ts";

/** What a URL of the command line says. */
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
 * @throws UsageError that says what a URL looks like.
 */
export function parseTarget(text: string): Target {
  if (text.startsWith("unix:")) return parseUnix(text);
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  if (scheme === undefined) {
    const guess = /^[\w.[\]:-]+:\d+$/.test(text) ? `did you mean tcp://${text}?` : EXAMPLES;
    throw new UsageError(`"${text}" is not a URL: ${guess}`);
  }
  if (!/^(tcp|tls|wss?|grpcs?)$/.test(scheme)) {
    throw new UsageError(`${scheme}:// is not spoken here; use ${EXAMPLES}`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new UsageError(`"${text}" is not a URL: ${EXAMPLES}`);
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw new UsageError(`"${text}": a user, a password or a #fragment has no meaning here`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port);
  if (host === "") throw new UsageError(`"${text}" has no host: ${scheme}://127.0.0.1:7400`);
  if (port === undefined)
    throw new UsageError(`"${text}" has no port: ${scheme}://${url.hostname}:7400`);
  const secure = scheme === "tls" || scheme === "wss" || scheme === "grpcs";
  if (scheme === "ws" || scheme === "wss") {
    return { binding: "ws", secure, url: url.href, host, port, path: url.pathname };
  }
  if (url.search !== "" || !/^\/?$/.test(url.pathname)) {
    throw new UsageError(`"${text}": ${scheme}:// has a host and a port, and no path`);
  }
  return { binding: scheme.startsWith("grpc") ? "grpc" : "tcp", secure, host, port };
}

function parseUnix(text: string): Target {
  // unix:/path and unix:///path are the same; unix:path is relative.
  const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "" || path.startsWith("//")) {
    throw new UsageError(`"${text}" has no path: unix:/tmp/pulsewire.sock`);
  }
  return { binding: "unix", path };
}
