import { once } from "node:events";
import { lstat, unlink } from "node:fs/promises";
import { connect, type Server } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { PulsewireError } from "../core/index.ts";
import { describeError } from "./options.ts";

/** Where a server listens, as Node takes it. */
type Where = ({ host: string; port: number } | { path: string }) & { backlog?: number };

/** Somebody who has a full backlog answers later than this many ms, and is taken to be there. */
const ANSWER_MS = 1000;

/**
 * Listens. A Unix socket that a killed process left behind is taken over:
 * nothing but the file of it is in the way. A file that is no socket, and one at
 * which somebody answers, stay.
 *
 * @param address for the error.
 * @throws (rejects with) PulsewireError `PW_ADDRESS_IN_USE` or `PW_LISTEN_FAILED`.
 */
export async function bind(server: Server, where: Where, address: string): Promise<void> {
  try {
    try {
      await open(server, where);
    } catch (error) {
      if (!isTaken(error) || !("path" in where) || !(await isAbandoned(where.path))) throw error;
      await unlink(where.path);
      await open(server, where);
    }
  } catch (cause) {
    if (!isTaken(cause)) {
      const why = describeError(cause);
      throw new PulsewireError("PW_LISTEN_FAILED", `cannot listen on ${address}: ${why}`, {
        cause,
      });
    }
    const remedy = "path" in where ? await remedyFor(where.path) : PORT_TAKEN;
    throw new PulsewireError("PW_ADDRESS_IN_USE", `cannot listen on ${address}: ${remedy}`, {
      cause,
    });
  }
}

const PORT_TAKEN =
  "another process listens there: stop it, or choose another port (0 for any free one)";

async function remedyFor(path: string): Promise<string> {
  return (await isSocket(path))
    ? "another process listens there: stop it, or choose another path"
    : "a file is there that is no socket: choose another path, or remove it yourself";
}

async function open(server: Server, where: Where): Promise<void> {
  server.listen(where);
  await once(server, "listening");
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function isSocket(path: string): Promise<boolean> {
  return lstat(path).then(
    (file) => file.isSocket(),
    () => false,
  );
}

/** It is a socket, and nobody listens at it. */
async function isAbandoned(path: string): Promise<boolean> {
  if (!(await isSocket(path))) return false;
  const socket = connect({ path });
  const late = new AbortController();
  const answer = once(socket, "connect").then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ECONNREFUSED",
  );
  const silence = after(ANSWER_MS, false, { signal: late.signal }).catch(() => false);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    late.abort();
    socket.on("error", () => {});
    socket.destroy();
  }
}
