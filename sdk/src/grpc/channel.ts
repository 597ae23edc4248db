import type { ChannelInterface, Client } from "@grpc/grpc-js";
import { PulsewireError } from "../core/index.ts";
import { can, check, isObject, isText } from "../driver/index.ts";
import { parseUrl, transportOf } from "./address.ts";
import type { GrpcConnectOptions } from "./connect-options.ts";
import { clientSecurity } from "./credentials.ts";
import type { Grpc } from "./load.ts";

/** A client to make the call with. */
export interface Dialled {
  readonly client: Client;
  /** What was dialled, for people. */
  readonly name: string;
  /** "grpcs" with TLS. Of a client or a channel of somebody else's that cannot be told: "grpc". */
  readonly transport: "grpc" | "grpcs";
  /** Closes the channel, if it is not somebody else's. */
  close(): void;
}

/**
 * Refuses a target that is none, without grpc-js.
 *
 * @throws PulsewireError `PW_CONFIG`, `PW_URL`.
 */
export function checkTarget(options: GrpcConnectOptions): void {
  const { url, target, client, channel, tls, channelOptions } = options;
  check("target", target, 'a non-empty string such as "dns:///host:port"', isText(target));
  check("client", client, "a Client of grpc-js", can(client, "getChannel"));
  check("channel", channel, "a Channel of grpc-js", can(channel, "getTarget", "createCall"));
  check("tls", tls, "a boolean, or an object", typeof tls === "boolean" || isObject(tls));
  check("channelOptions", channelOptions, "an object", isObject(channelOptions));
  const given = [url, target, client, channel].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new PulsewireError(
      "PW_CONFIG",
      `exactly one of url, target, client and channel is needed; got ${given.length}`,
    );
  }
  if (url !== undefined) parseUrl(url);
}

/**
 * The client that `options` name, or a new one with a connection of its own.
 *
 * @throws PulsewireError `PW_CONFIG`, `PW_URL`.
 */
export function dial(grpc: Grpc, options: GrpcConnectOptions, maxFrameBytes: number): Dialled {
  const { url, target, client, channel, credentials, tls, channelOptions } = options;
  const shared = client ?? (channel && clientOn(grpc, channel));
  if (shared !== undefined) {
    refuse(options, ["credentials", "tls", "channelOptions"]);
    const name = shared.getChannel().getTarget();
    return { client: shared, name, transport: "grpc", close: () => {} };
  }
  if (credentials !== undefined) refuse(options, ["tls"]);
  const { secure, hostPort } =
    url === undefined ? { secure: false, hostPort: target ?? "" } : parseUrl(url);
  if (url !== undefined && tls !== undefined && secure !== (tls !== false)) {
    throw new PulsewireError(
      "PW_CONFIG",
      `tls contradicts the URL ${url}: grpcs: is the one with TLS`,
    );
  }
  const security =
    credentials === undefined
      ? clientSecurity(grpc, tls ?? secure, hostPort)
      : { credentials, options: {} };
  const own = create(
    () =>
      new grpc.Client(hostPort, security.credentials, {
        ...security.options,
        "grpc.max_receive_message_length": maxFrameBytes, // PW-LIM-1
        // A connection of its own. grpc-js would silently share one between all channels to a target.
        "grpc.use_local_subchannel_pool": 1,
        // A stream of heartbeats is not to be replayed, and with a buffer for that, grpc-js takes 1 MiB
        // off our hands before it says that the peer does not read.
        "grpc.enable_retries": 0,
        "grpc.per_rpc_retry_buffer_size": 0,
        ...channelOptions,
      }),
  );
  const name = url === undefined ? hostPort : `${transportOf(secure)}://${hostPort}`;
  // Credentials of the caller's own decide, whatever the URL says.
  const isEncrypted =
    credentials === undefined ? (tls ?? secure) !== false : credentials._isSecure();
  return { client: own, name, transport: transportOf(isEncrypted), close: () => own.close() };
}

/**
 * Resolves with true when the channel is ready, and with false when it cannot
 * connect: a call then fails with the reason. Never rejects.
 */
export function channelReady(grpc: Grpc, channel: ChannelInterface): Promise<boolean> {
  const { READY, TRANSIENT_FAILURE, SHUTDOWN } = grpc.connectivityState;
  return new Promise((resolve) => {
    const look = (): void => {
      const state = channel.getConnectivityState(true);
      if (state === READY) resolve(true);
      else if (state === TRANSIENT_FAILURE || state === SHUTDOWN) resolve(false);
      // Without a deadline, because that would be a timer that outlives the attempt.
      else channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, look);
    };
    look();
  });
}

function clientOn(grpc: Grpc, channel: ChannelInterface): Client {
  return new grpc.Client(channel.getTarget(), grpc.credentials.createInsecure(), {
    channelOverride: channel,
  });
}

function refuse(options: GrpcConnectOptions, names: readonly (keyof GrpcConnectOptions)[]): void {
  for (const name of names) {
    if (options[name] === undefined) continue;
    throw new PulsewireError("PW_CONFIG", `${name} cannot be combined with what else is given`);
  }
}

function create(make: () => Client): Client {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof PulsewireError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `this cannot be dialled: ${why}`, { cause });
  }
}
