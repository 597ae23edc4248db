import type { ListenerOptions, Session, SessionListener, SessionOptions } from "../driver/index.ts";
import { authority, type Target } from "./target.ts";

/** Certificates and keys (PEM), and whether any certificate of the peer will do. */
export interface TlsFiles {
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** Whom to trust; of a listener: and clients need a certificate of it. */
  readonly ca?: string | Buffer | undefined;
  /** Connecting: trust whatever certificate the server has. Default false. */
  readonly insecure?: boolean | undefined;
}

/** Options of {@link dial}: those of a session, and what bounds the attempt. */
export interface DialOptions extends SessionOptions {
  readonly signal?: AbortSignal | undefined;
  readonly connectTimeoutMs?: number | undefined;
}

/** Options of {@link serve}: those of a listener, and whom a WebSocket server lets in. */
export interface ServeOptions extends ListenerOptions {
  /** See `origins` of pulsewire/ws; the other bindings know no web pages. */
  readonly origins?: readonly string[] | undefined;
}

/**
 * Connects to a target. Each binding is loaded when it is used: nobody needs ws
 * for a `tcp://`.
 */
export async function dial(target: Target, tls: TlsFiles, options: DialOptions): Promise<Session> {
  const { insecure = false, ca, cert, key } = tls;
  const files = { ca, cert, key };
  switch (target.binding) {
    case "unix": {
      const { connect } = await import("../tcp/index.ts");
      return connect({ ...options, path: target.path });
    }
    case "tcp": {
      const { host, port, secure } = target;
      const { connect } = await import("../tcp/index.ts");
      const secured = secure ? { tls: { ...files, rejectUnauthorized: !insecure } } : {};
      return connect({ ...options, ...secured, host, port });
    }
    case "ws": {
      const { connect } = await import("../ws/index.ts");
      const secured = target.secure ? { tls: { ...files, rejectUnauthorized: !insecure } } : {};
      return connect({ ...options, ...secured, url: target.url });
    }
    case "grpc": {
      const { connect } = await import("../grpc/index.ts");
      const url = `${target.secure ? "grpcs" : "grpc"}://${authority(target)}`;
      if (!insecure) return connect({ ...options, url, ...(target.secure ? { tls: files } : {}) });
      const { credentials } = await import("@grpc/grpc-js");
      const [root, privateKey, chain] = [ca, key, cert].map((file) =>
        file === undefined ? null : Buffer.from(file),
      );
      return connect({
        ...options,
        url,
        credentials: credentials.createSsl(root, privateKey, chain, { rejectUnauthorized: false }),
      });
    }
  }
}

/**
 * Loads a target's binding and the package that it stands on, so that {@link dial}
 * opens no file: one that cannot be loaded for want of file descriptors, in a burst
 * of connections, Node takes for broken for ever.
 *
 * @throws (rejects with) PulsewireError `PW_MISSING_DEPENDENCY`.
 */
export async function requireBinding({ binding }: Target): Promise<void> {
  switch (binding) {
    case "tcp":
    case "unix":
      await import("../tcp/index.ts");
      return;
    case "ws":
      (await import("../ws/load.ts")).loadWs();
      await import("../ws/index.ts");
      return;
    case "grpc":
      await (await import("../grpc/load.ts")).loadGrpc();
      await import("../grpc/index.ts");
  }
}

/** Listens on a target. */
export async function serve(
  target: Target,
  tls: TlsFiles,
  { origins, ...options }: ServeOptions,
): Promise<SessionListener> {
  const { ca, cert = "", key = "" } = tls;
  switch (target.binding) {
    case "unix": {
      const { listen } = await import("../tcp/index.ts");
      return listen({ ...options, path: target.path });
    }
    case "tcp": {
      const { host, port, secure } = target;
      const { listen } = await import("../tcp/index.ts");
      const secured = secure ? { tls: { cert, key, ...clientAuthority(ca) } } : {};
      return listen({ ...options, ...secured, host, port });
    }
    case "ws": {
      const { host, port, secure } = target;
      const { listen } = await import("../ws/index.ts");
      const secured = secure ? { tls: { cert, key, ...clientAuthority(ca) } } : {};
      const path = target.path === "/" ? undefined : target.path;
      return listen({ ...options, ...secured, host, port, path, origins });
    }
    case "grpc": {
      const { host, port, secure } = target;
      const { listen } = await import("../grpc/index.ts");
      const secured = secure ? { tls: { cert, key, ca } } : {};
      return listen({ ...options, ...secured, host, port });
    }
  }
}

function clientAuthority(ca: TlsFiles["ca"]) {
  return ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
}
