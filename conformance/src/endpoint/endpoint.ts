/** Where a peer is that the suite did not start, as a URL says it. */
import type { TransportName } from "../model.ts";

export interface Endpoint {
  readonly transport: TransportName;
  /** With TLS. */
  readonly secure: boolean;
  readonly host: string;
  /** 0 stands for any free port, to listen on. */
  readonly port: number;
  /** What a WebSocket asks for; "/" elsewhere. */
  readonly path: string;
}

/** What TLS needs to know, beside the host. */
export interface TlsFiles {
  /** Certificates to trust in place of those that the system trusts. */
  readonly ca?: Buffer;
  /** Do not check the peer's certificate. */
  readonly insecure?: boolean;
  /** One's own, to listen with. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** The text is no such URL; the message says what one looks like. */
export class EndpointError extends Error {
  override readonly name = "EndpointError";
}

const SCHEMES: Readonly<Record<string, { transport: TransportName; secure: boolean }>> = {
  tcp: { transport: "tcp", secure: false },
  tls: { transport: "tcp", secure: true },
  ws: { transport: "ws", secure: false },
  wss: { transport: "ws", secure: true },
  grpc: { transport: "grpc", secure: false },
  grpcs: { transport: "grpc", secure: true },
};

const KNOWN =
  "tcp://host:port, tls://host:port, ws://host:port/path, wss://, grpc://host:port or grpcs://";
const SHAPE = /^([a-z]+):\/\/(\[[0-9a-f:.]+\]|[^:/?#@[\]\s]+)(?::(\d*))?([/?#]\S*)?$/i;
const MAX_PORT = 65_535;

/** Reads a URL; throws {@link EndpointError}. */
export function parseEndpoint(text: string): Endpoint {
  const match = SHAPE.exec(text);
  if (match === null) {
    const guess = /^[\w.[\]-]+:\d+$/.test(text) ? `did you mean tcp://${text}?` : `give ${KNOWN}`;
    throw new EndpointError(`"${text}" is no address of a peer: ${guess}`);
  }
  const [, scheme = "", host = "", port = "", rest = ""] = match;
  const known = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (known === undefined)
    throw new EndpointError(`${scheme}:// is not spoken here: give ${KNOWN}`);
  if (port === "")
    throw new EndpointError(`"${text}" has no port: give ${scheme}://${host}:7400${rest}`);
  if (Number(port) > MAX_PORT) throw new EndpointError(`"${text}": there is no port ${port}`);
  const isPlain = known.transport !== "ws";
  if (rest.includes("#") || (isPlain && rest !== "" && rest !== "/"))
    throw new EndpointError(
      `"${text}": ${isPlain ? `${scheme}:// has a host and a port, and no path` : "a #fragment has no meaning here"}`,
    );
  return {
    ...known,
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port),
    path: isPlain || rest === "" ? "/" : rest.replace(/^\?/, "/?"),
  };
}

/** An endpoint as a person writes it. */
export function formatEndpoint({ transport, secure, host, port, path }: Endpoint): string {
  const scheme =
    transport === "tcp" ? (secure ? "tls" : "tcp") : `${transport}${secure ? "s" : ""}`;
  return `${scheme}://${authority({ host, port })}${transport === "ws" && path !== "/" ? path : ""}`;
}

/** "127.0.0.1:7400", "[::1]:7400" */
export function authority({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
