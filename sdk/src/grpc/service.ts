import type { Metadata, ServerDuplexStream } from "@grpc/grpc-js";
import { CloseCode } from "../core/index.ts";
import {
  check,
  checkOptions,
  isObject,
  type ListenerOptions,
  refuseOsKeepAlive,
  resolveOptions,
  SessionListener,
} from "../driver/index.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { transportOf } from "./address.ts";
import type { Connections } from "./connections.ts";
import {
  CONNECT_PATH,
  type LivenessServiceDefinition,
  livenessServiceDefinition,
} from "./definition.ts";
import { ServerGrpcLink } from "./server-link.ts";
import { type GrpcStatus, isRefusal, sendable, statusNumber, statusOfCloseCode } from "./status.ts";

/** What `authorize` may answer: let in, UNAUTHENTICATED, or a status of its own. */
export type Verdict = boolean | GrpcStatus;

/** Options of {@link livenessService}. */
export interface LivenessServiceOptions extends ListenerOptions {
  /**
   * Asked before a call becomes a session, with the client's metadata and
   * address. Nothing but `true` lets it in. False refuses with UNAUTHENTICATED,
   * and a status with that; what it throws or rejects with, and any other answer,
   * refuses with INTERNAL, and the client is not told why. Default: all may.
   */
  readonly authorize?:
    | ((metadata: Metadata, peer: string) => Verdict | Promise<Verdict>)
    | undefined;
}

/** What `server.addService(definition, implementation)` takes, and the sessions that come of it. */
export interface LivenessService {
  readonly definition: LivenessServiceDefinition;
  readonly implementation: LivenessServiceImplementation;
  /** Closing it ends the sessions and refuses new ones; the server goes on. */
  readonly listener: SessionListener;
}

/** The handler of the one method. */
export type LivenessServiceImplementation = {
  connect(call: ServerDuplexStream<Uint8Array, Uint8Array>): void;
};

/**
 * Pulsewire as a service of a `Server` you already have:
 *
 * ```ts
 * const { definition, implementation, listener } = livenessService();
 * server.addService(definition, implementation);
 * for await (const session of listener) ...
 * ```
 *
 * The server's `grpc.max_receive_message_length`, 4 MiB unless it is set, has
 * to let `maxFrameBytes` through. Close the listener before `server.tryShutdown`,
 * which waits for calls to end, and these never end by themselves. A session
 * whose client is down ends at once, but its stream stays in the server until
 * the operating system gives the connection up: grpc-js cannot reset it.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function livenessService(options: LivenessServiceOptions = {}): LivenessService {
  checkServiceOptions(options);
  refuseOsKeepAlive(options, "the sockets are those of the server you have");
  return createService(options, CONNECT_PATH, async () => {});
}

/** @throws PulsewireError `PW_CONFIG`: of the wrong type. */
export function checkServiceOptions(options: LivenessServiceOptions): void {
  checkOptions(options);
  const { authorize } = options;
  check("authorize", authorize, "a function", typeof authorize === "function");
}

/** The same for a listener with an address, a port to let go of, and connections of its own. */
export function createService(
  options: LivenessServiceOptions,
  address: string,
  stop: () => Promise<void>,
  connections?: Connections,
): LivenessService {
  resolveOptions(options); // refuses nonsense now and not with the first call
  const transport = transportOf(address.startsWith("grpcs:"));
  let isClosed = false;
  const listener = new SessionListener(address, options, nodeRuntime, () => {
    isClosed = true;
    return stop();
  });
  const accept = (call: ServerDuplexStream<Uint8Array, Uint8Array>): void => {
    const peer = call.getPeer();
    connections?.callOpened(peer);
    const link = new ServerGrpcLink(call, transport, () => connections?.abandon(peer));
    listener.accept(link).closed.then(() => connections?.callEnded(peer));
  };
  const decide = (call: ServerDuplexStream<Uint8Array, Uint8Array>, verdict: Verdict): void => {
    if (call.cancelled) return;
    if (isClosed) {
      refuse(call, statusOfCloseCode(CloseCode.GOING_AWAY, "the listener is closed"));
    } else if (verdict === true) {
      call.sendMetadata(noMetadata(call)); // PW-GRPC-3
      accept(call); // PW-GRPC-4
    } else {
      refuse(call, verdict === false ? UNAUTHENTICATED : verdict);
    }
  };
  const connect: LivenessServiceImplementation["connect"] = (call) => {
    call.on("error", () => {});
    connections?.callMade(call.getPeer()); // now: authorize takes as long as it takes
    const { authorize } = options;
    if (authorize === undefined) {
      decide(call, true);
      return;
    }
    Promise.resolve()
      .then(() => authorize(call.metadata, call.getPeer()))
      .then(readVerdict)
      .catch(() => AUTHORIZE_FAILED)
      .then((verdict) => decide(call, verdict));
  };
  return { definition: livenessServiceDefinition, implementation: { connect }, listener };
}

const UNAUTHENTICATED: GrpcStatus = {
  code: statusNumber("UNAUTHENTICATED"),
  details: "not authorized",
};

const AUTHORIZE_FAILED: GrpcStatus = {
  code: statusNumber("INTERNAL"),
  details: "the server could not authorize the call",
};

/**
 * The answer of `authorize`, from JavaScript too: one that forgot to `return`
 * has not said yes, and grpc-js makes an exception of an "error" that is no status.
 */
function readVerdict(answer: unknown): Verdict {
  if (typeof answer === "boolean") return answer;
  if (!isObject(answer) || !("code" in answer && "details" in answer)) return AUTHORIZE_FAILED;
  const { code, details } = answer;
  if (typeof code !== "number" || typeof details !== "string") return AUTHORIZE_FAILED;
  return isRefusal(code) ? { code, details: sendable(details) } : AUTHORIZE_FAILED;
}

/** Ends a call that never became a session, with nothing but a status. */
function refuse(call: ServerDuplexStream<Uint8Array, Uint8Array>, status: GrpcStatus): void {
  call.emit("error", status);
}

/** Empty metadata of the call's own kind: this file needs no grpc-js, and cannot meet a second copy of it. */
function noMetadata(call: ServerDuplexStream<Uint8Array, Uint8Array>): Metadata {
  const metadata = call.metadata.clone();
  for (const key of Object.keys(metadata.getMap())) metadata.remove(key);
  return metadata;
}
