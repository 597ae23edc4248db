import { once } from "node:events";
import { createServer, connect as dialSocket, type Socket } from "node:net";
import { PulsewireError } from "../core/index.ts";
import type { Attempt } from "../driver/index.ts";
import { bind } from "../tcp/bind.ts";
import { describeError } from "../tcp/options.ts";
import { formatLeg, type PlainTarget } from "./leg-target.ts";
import { PlainLeg } from "./plain-leg.ts";
import { authority } from "./target.ts";

/** What accepts legs, and where. */
export interface Door {
  /** A URL that the other side can dial. */
  readonly address: string;
  /** Accepts no more, and lets go of the port. Resolves when the connections it accepted are gone. */
  close(): Promise<void>;
}

/**
 * Connects to an unmodified program.
 *
 * Rejects with PulsewireError `PW_CONNECT_FAILED`, or the reason of the signal.
 */
export async function dialPlain(target: PlainTarget, attempt: Attempt): Promise<PlainLeg> {
  const { connectTimeoutMs, signal } = attempt;
  const late = AbortSignal.timeout(connectTimeoutMs);
  const socket = dialSocket({ ...addressOf(target), allowHalfOpen: true });
  try {
    const limits = signal === undefined ? late : AbortSignal.any([late, signal]);
    await once(socket, "connect", { signal: limits });
  } catch (cause) {
    socket.on("error", () => {});
    socket.destroy();
    signal?.throwIfAborted();
    const why = late.aborted
      ? `not established within ${connectTimeoutMs} ms (connectTimeoutMs)`
      : describeError(cause);
    const where = formatLeg({ plain: true, target });
    const message = `cannot connect to ${where}: ${why}`;
    throw new PulsewireError("PW_CONNECT_FAILED", message, { side: "remote", cause });
  }
  return new PlainLeg(socket, formatLeg({ plain: true, target }));
}

/**
 * Accepts unmodified programs.
 *
 * Rejects with PulsewireError `PW_ADDRESS_IN_USE` or `PW_LISTEN_FAILED`.
 */
export async function listenPlain(
  target: PlainTarget,
  accept: (leg: PlainLeg) => void,
): Promise<Door> {
  const server = createServer({ allowHalfOpen: true });
  await bind(server, addressOf(target), formatLeg({ plain: true, target }));
  // A connection that could not be accepted, for want of file descriptors: the others go on.
  server.on("error", () => {});
  server.on("connection", (socket) => accept(new PlainLeg(socket, remoteOf(socket, target))));
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? { port: bound.port } : {};
  return {
    address: formatLeg({ plain: true, target: { ...target, ...port } }),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function addressOf(target: PlainTarget): { host: string; port: number } | { path: string } {
  return target.binding === "unix"
    ? { path: target.path }
    : { host: target.host, port: target.port };
}

function remoteOf({ remoteAddress, remotePort }: Socket, target: PlainTarget): string {
  if (remoteAddress === undefined || remotePort === undefined) {
    return formatLeg({ plain: true, target });
  }
  return `plain+tcp://${authority({ host: remoteAddress, port: remotePort })}`;
}
