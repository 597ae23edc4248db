import { once } from "node:events";
import { type AddressInfo, createServer, type Server as TcpServer } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { Server, ServerCredentials, ServerOptions } from "@grpc/grpc-js";
import { PulsewireError } from "../core/index.ts";
import {
  can,
  check,
  checkWholeNumber,
  isObject,
  isText,
  resolveOptions,
  type Session,
  type SessionListener,
} from "../driver/index.ts";
import { checkKeepAlive, keepAlive, type OsKeepAliveOptions } from "../node/keep-alive.ts";
import { hostPort, urlOf } from "./address.ts";
import { Connections } from "./connections.ts";
import { type GrpcServerTls, serverCredentials } from "./credentials.ts";
import { livenessServiceDefinition } from "./definition.ts";
import { loadGrpc } from "./load.ts";
import { checkServiceOptions, createService, type LivenessServiceOptions } from "./service.ts";

/** Options of {@link listen}, with those of every session it accepts. */
export interface GrpcListenOptions extends LivenessServiceOptions, OsKeepAliveOptions {
  /** Default "127.0.0.1": a network is let in on purpose, with "0.0.0.0" or "::". */
  readonly host?: string | undefined;
  /** 0 to 65535, default 0: one that is free; `address` of the listener says which. */
  readonly port?: number | undefined;
  /** Credentials made with grpc-js, instead of `tls`. */
  readonly credentials?: ServerCredentials | undefined;
  /** Default: no TLS. */
  readonly tls?: GrpcServerTls | undefined;
  /** Options of the server, over those that `listen` sets itself. */
  readonly serverOptions?: ServerOptions | undefined;
}

/** After the sessions' own time to close: for the HTTP/2 connections under them. */
const SHUTDOWN_GRACE_MS = 500;

/**
 * Listens for clients on a gRPC server of its own. For one that exists already
 * there is `livenessService`.
 *
 * @throws (rejects with) PulsewireError `PW_CONFIG`, `PW_MISSING_DEPENDENCY`,
 *   `PW_ADDRESS_IN_USE`, `PW_LISTEN_FAILED`.
 */
export async function listen(options: GrpcListenOptions = {}): Promise<SessionListener> {
  checkServiceOptions(options);
  const { host = "127.0.0.1", port = 0, credentials, tls, serverOptions } = options;
  const { maxFrameBytes, closeTimeoutMs } = resolveOptions(options);
  checkKeepAlive(options);
  // Node takes an empty one for all interfaces.
  check("host", host, 'a non-empty string such as "127.0.0.1", or undefined', isText(host));
  checkWholeNumber("port", port, 0, 65_535);
  check("credentials", credentials, "ServerCredentials of grpc-js", can(credentials, "_isSecure"));
  check("tls", tls, "an object", isObject(tls));
  check("serverOptions", serverOptions, "an object", isObject(serverOptions));
  if (credentials !== undefined && tls !== undefined) {
    throw new PulsewireError("PW_CONFIG", "tls cannot be combined with credentials");
  }
  const grpc = await loadGrpc();
  const chosen = credentials ?? serverCredentials(grpc, tls);
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxFrameBytes, // PW-LIM-1, PW-GRPC-8
    ...serverOptions,
  });
  const injector = inject(server, chosen);
  // The sockets are ours, and grpc-js is handed each of them: see Connections.
  const door = createServer({ noDelay: true });
  const bound = await open(door, host, port);
  const connections = new Connections();
  const secure = credentials !== undefined ? credentials._isSecure() : tls !== undefined;
  const { implementation, listener } = createService(
    options,
    urlOf(secure, host, bound),
    () => stop(listener.sessions, door, server, connections, closeTimeoutMs + SHUTDOWN_GRACE_MS),
    connections,
  );
  server.addService({ ...livenessServiceDefinition }, { ...implementation });
  door.on("connection", (socket) => {
    socket.on("error", () => {}); // grpc-js hears of it as well, and ends the calls
    keepAlive(socket, options);
    connections.add(socket);
    injector.injectConnection(socket);
  });
  return listener;
}

function inject(
  server: Server,
  credentials: ServerCredentials,
): ReturnType<Server["createConnectionInjector"]> {
  try {
    return server.createConnectionInjector(credentials);
  } catch (cause) {
    // A certificate or key that cannot be read is thrown only here.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `tls cannot be used: ${why}`, { cause });
  }
}

async function open(door: TcpServer, host: string, port: number): Promise<number> {
  try {
    door.listen({ host, port });
    await once(door, "listening");
  } catch (cause) {
    const at = hostPort(host, port);
    if (cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE") {
      const remedy =
        "another process listens there: stop it, or choose another port (0 for any free one)";
      throw new PulsewireError("PW_ADDRESS_IN_USE", `cannot listen on ${at}: ${remedy}`, { cause });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_LISTEN_FAILED", `cannot listen on ${at}: ${why}`, { cause });
  }
  // A connection that could not be accepted, for want of file descriptors: the others go on.
  door.on("error", () => {});
  return (door.address() as AddressInfo).port;
}

/** Lets go of the port at once, and of the connections when their calls have ended or the time is over. */
async function stop(
  sessions: ReadonlySet<Session>,
  door: TcpServer,
  server: Server,
  connections: Connections,
  timeoutMs: number,
): Promise<void> {
  const shut = once(door, "close");
  door.close();
  // Newer Nodes end an HTTP/2 session with its streams when its server is closed: first the sessions
  // end in their own order, and the last frames of theirs get out.
  await Promise.all([...sessions].map((session) => session.closed));
  await setImmediate();
  await setImmediate();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, timeoutMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  connections.destroy(); // those that never became HTTP/2, too
  await shut;
}
