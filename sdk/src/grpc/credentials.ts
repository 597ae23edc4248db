import type { ChannelCredentials, ServerCredentials } from "@grpc/grpc-js";
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

/** @throws PulsewireError `PW_CONFIG`. */
export function clientCredentials(grpc: Grpc, tls: GrpcClientTls | boolean): ChannelCredentials {
  if (tls === false) return grpc.credentials.createInsecure();
  const { ca, cert, key } = tls === true ? {} : tls;
  return readPem(() =>
    grpc.credentials.createSsl(optionalBuffer(ca), optionalBuffer(key), optionalBuffer(cert)),
  );
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
