import type { ClientDuplexStream, Metadata } from "@grpc/grpc-js";
import { PulsewireError } from "../core/index.ts";
import {
  check,
  checkOptions,
  isObject,
  refuseOsKeepAlive,
  resolveAttempt,
  resolveOptions,
  Session,
} from "../driver/index.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { AttemptLimit } from "./attempt.ts";
import { channelReady, checkTarget, type Dialled, dial } from "./channel.ts";
import { ClientGrpcLink } from "./client-link.ts";
import type { GrpcConnectOptions } from "./connect-options.ts";
import { CONNECT_PATH, livenessServiceDefinition } from "./definition.ts";
import { type Grpc, loadGrpc } from "./load.ts";
import { statusError } from "./status.ts";

type Call = ClientDuplexStream<Uint8Array, Uint8Array>;

/**
 * The longest frame that `options` allow, in octets; and the proof that they
 * are sound, as far as that can be told without grpc-js.
 *
 * @throws PulsewireError `PW_CONFIG`, `PW_URL`.
 */
export function checkConnect(options: GrpcConnectOptions): number {
  checkOptions(options);
  const { maxFrameBytes } = resolveOptions(options);
  refuseOsKeepAlive(options, "grpc-js keeps its clients' sockets to itself");
  check("metadata", options.metadata, "an object", isObject(options.metadata));
  checkTarget(options);
  return maxFrameBytes;
}

/**
 * Calls a server that speaks Pulsewire.
 *
 * The session is open, and beats, from the moment the call goes out [PW-GRPC-4];
 * the promise resolves when the server has accepted the call.
 *
 * @throws (rejects with) PulsewireError `PW_CONFIG`, `PW_URL`,
 *   `PW_MISSING_DEPENDENCY`, or `PW_CONNECT_FAILED`, whose `cause` has the
 *   status in `code` and `details`; and with the reason of `signal`.
 */
export async function connect(options: GrpcConnectOptions): Promise<Session> {
  const maxFrameBytes = checkConnect(options);
  const { connectTimeoutMs, signal } = resolveAttempt(options);
  const grpc = await loadGrpc();
  const metadata = readMetadata(grpc, options.metadata);
  const dialled = dial(grpc, options, maxFrameBytes);
  const limit = new AttemptLimit(dialled.name, connectTimeoutMs, signal);
  try {
    const channel = dialled.client.getChannel();
    const ready = await Promise.race([channelReady(grpc, channel), limit.expired]);
    return await call(dialled, metadata, ready, options, limit);
  } catch (error) {
    dialled.close();
    throw error;
  } finally {
    limit.clear();
  }
}

async function call(
  dialled: Dialled,
  metadata: Metadata,
  ready: boolean,
  options: GrpcConnectOptions,
  limit: AttemptLimit,
): Promise<Session> {
  const { requestSerialize, responseDeserialize } = livenessServiceDefinition.connect;
  const stream: Call = dialled.client.makeBidiStreamRequest(
    CONNECT_PATH,
    requestSerialize,
    responseDeserialize,
    metadata,
  );
  const link = new ClientGrpcLink(stream, dialled.name, dialled.transport);
  const accepted = headersOf(stream, dialled.name);
  accepted.catch(() => {}); // the race below may be lost before it
  let session: Session | undefined;
  try {
    // A channel that cannot connect has only its reason to give: nothing is open then.
    if (!ready) await Promise.race([accepted, limit.expired]);
    session = Session.open(link, options, nodeRuntime); // PW-GRPC-4: waits for no frame
    await Promise.race([accepted, limit.expired, endOf(session, dialled.name)]);
  } catch (error) {
    if (session === undefined) stream.cancel();
    else session.abort(error);
    throw error;
  }
  // The status is the last thing of a call, whoever ended it.
  stream.once("status", () => dialled.close());
  return session;
}

/** The server's headers: it has accepted the call, and two passive sides say no more than that [PW-GRPC-3]. */
function headersOf(stream: Call, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("metadata", () => resolve());
    stream.once("status", (status) => {
      const cause = statusError(status);
      const message = `no connection to ${name}: ${cause.message}`;
      reject(new PulsewireError("PW_CONNECT_FAILED", message, { side: "remote", cause }));
    });
  });
}

async function endOf(session: Session, name: string): Promise<never> {
  const end = await session.closed;
  const message = `no connection to ${name}: the session ended before the server answered: ${end.kind}`;
  throw new PulsewireError("PW_CONNECT_FAILED", message, { side: "remote", end });
}

function readMetadata(grpc: Grpc, given: GrpcConnectOptions["metadata"]): Metadata {
  if (given instanceof grpc.Metadata) return given;
  const metadata = new grpc.Metadata();
  try {
    for (const [key, value] of Object.entries(given ?? {})) metadata.set(key, value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `metadata cannot be sent: ${why}`, { cause });
  }
  return metadata;
}
