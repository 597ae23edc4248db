import type { Duplex } from "node:stream";
import type { WsLinkContext } from "./ws-link.ts";

/** What a link tells people of the connection under a WebSocket. */
export function describeSocket(
  socket: Duplex | undefined,
  dialled?: string,
): Omit<WsLinkContext, "maxFrameBytes"> {
  const { remoteAddress, remotePort, encrypted } = (socket ?? {}) as {
    readonly remoteAddress?: string | undefined;
    readonly remotePort?: number | undefined;
    readonly encrypted?: boolean;
  };
  const known = remoteAddress === undefined ? "unknown" : hostPort(remoteAddress, remotePort);
  return { socket, transport: encrypted === true ? "wss" : "ws", remote: dialled ?? known };
}

/** "127.0.0.1:80", "[::1]:80". */
export function hostPort(host: string, port: number | undefined): string {
  const bracketed = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? bracketed : `${bracketed}:${port}`;
}
