import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import type { ChannelCredentials, ChannelOptions, ServerCredentials } from "@grpc/grpc-js";
import { PulsewireError } from "../core/index.ts";
import type { Grpc } from "./load.ts";

/** PEM. */
export type Pem = string | Buffer;

/** TLS of a client. */
export interface GrpcClientTls {
  /** Whom to trust. Default: the authorities that Node trusts. */
  readonly ca?: Pem | undefined;
  /** The client's own certificate, for a server that asks for one; with `key`. */
  readonly cert?: Pem | undefined;
  readonly key?: Pem | undefined;
}

/** TLS of a server. */
export interface GrpcServerTls {
  readonly cert: Pem;
  readonly key: Pem;
  /** Clients must then have a certificate that one of these signed. Default: clients have none. */
  readonly ca?: Pem | undefined;
}

/** Stands where TLS has no name to ask for. No host can be called so (RFC 6761). */
const NO_NAME = "ip-address.invalid";

/** Credentials, and the options without which a channel cannot use them. */
export interface ClientSecurity {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/**
 * Credentials for a channel to `hostPort`.
 *
 * A certificate may be for an IP address, but TLS cannot ask for one by name,
 * and grpc-js asks all the same: Node warns, from 26 on it refuses. So it asks
 * for nobody, and the certificate is held against the address.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function clientSecurity(
  grpc: Grpc,
  tls: GrpcClientTls | boolean,
  hostPort: string,
): ClientSecurity {
  if (tls === false) return { credentials: grpc.credentials.createInsecure(), options: {} };
  const { ca, cert, key } = tls === true ? {} : tls;
  const host = hostPort.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const isAddress = isIP(host) !== 0;
  const credentials = readPem(() =>
    grpc.credentials.createSsl(
      optionalBuffer(ca),
      optionalBuffer(key),
      optionalBuffer(cert),
      isAddress ? { checkServerIdentity: (_, peer) => checkServerIdentity(host, peer) } : undefined,
    ),
  );
  const options = isAddress ? { "grpc.ssl_target_name_override": NO_NAME } : {};
  return { credentials, options };
}

/** @throws PulsewireError `PW_CONFIG`. */
export function serverCredentials(grpc: Grpc, tls: GrpcServerTls | undefined): ServerCredentials {
  if (tls === undefined) return grpc.ServerCredentials.createInsecure();
  const { ca, cert, key } = tls;
  return readPem(() =>
    grpc.ServerCredentials.createSsl(
      optionalBuffer(ca),
      [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }],
      ca !== undefined,
    ),
  );
}

function optionalBuffer(pem: Pem | undefined): Buffer | null {
  return pem === undefined ? null : Buffer.from(pem);
}

function readPem<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `tls cannot be used: ${why}`, { cause });
  }
}
