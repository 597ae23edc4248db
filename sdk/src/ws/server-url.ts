import type { Server } from "node:net";
import { hostPort } from "./remote.ts";

/** The URL at which a client on this machine reaches `server`; the path alone while it does not listen. */
export function serverUrl(server: Server, isSecure: boolean, path = "/"): string {
  const address = server.address();
  if (address === null) return path;
  const scheme = isSecure ? "wss" : "ws";
  if (typeof address === "string") return `${scheme}+unix:${address}:${path}`;
  const isWildcard = address.address === "::" || address.address === "0.0.0.0";
  return `${scheme}://${hostPort(isWildcard ? "localhost" : address.address, address.port)}${path}`;
}
