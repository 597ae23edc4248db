import type { Session, SessionListener, SessionOptions } from "../driver/index.ts";
import type { TlsFiles } from "./arguments.ts";
import type { Target } from "./target.ts";

/**
 * Connects to a target. Each binding is loaded when it is used: nobody needs ws
 * for a `tcp://`.
 */
export async function dial(
  target: Target,
  tls: TlsFiles,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Session> {
  const { insecure, ca, cert, key } = tls;
  const files = { ca, cert, key };
  switch (target.binding) {
    case "unix": {
      const { connect } = await import("../tcp/index.ts");
      return connect({ ...options, path: target.path, signal });
    }
    case "tcp": {
      const { host, port, secure } = target;
      const { connect } = await import("../tcp/index.ts");
      const secured = secure ? { tls: { ...files, rejectUnauthorized: !insecure } } : {};
      return connect({ ...options, ...secured, host, port, signal });
    }
    case "ws": {
      const { connect } = await import("../ws/index.ts");
      const secured = target.secure ? { tls: { ...files, rejectUnauthorized: !insecure } } : {};
      return connect({ ...options, ...secured, url: target.url, signal });
    }
    case "grpc": {
      const { connect } = await import("../grpc/index.ts");
      const url = `${target.secure ? "grpcs" : "grpc"}://${authority(target)}`;
      if (!insecure)
        return connect({ ...options, url, ...(target.secure ? { tls: files } : {}), signal });
      const { credentials } = await import("@grpc/grpc-js");
      const [root, privateKey, chain] = [ca, key, cert].map((file) => file ?? null);
      return connect({
        ...options,
        url,
        credentials: credentials.createSsl(root, privateKey, chain, { rejectUnauthorized: false }),
        signal,
      });
    }
  }
}

/** Listens on a target. */
export async function serve(
  target: Target,
  tls: TlsFiles,
  options: SessionOptions,
): Promise<SessionListener> {
  const onSession = () => {}; // each one is taken up at its "open" event
  const { ca, cert = "", key = "" } = tls;
  switch (target.binding) {
    case "unix": {
      const { listen } = await import("../tcp/index.ts");
      return listen({ ...options, onSession, path: target.path });
    }
    case "tcp": {
      const { host, port, secure } = target;
      const { listen } = await import("../tcp/index.ts");
      const secured = secure ? { tls: { cert, key, ...clientAuthority(ca) } } : {};
      return listen({ ...options, ...secured, onSession, host, port });
    }
    case "ws": {
      const { host, port, secure } = target;
      const { listen } = await import("../ws/index.ts");
      const secured = secure ? { tls: { cert, key, ...clientAuthority(ca) } } : {};
      const path = target.path === "/" ? undefined : target.path;
      return listen({ ...options, ...secured, onSession, host, port, path });
    }
    case "grpc": {
      const { host, port, secure } = target;
      const { listen } = await import("../grpc/index.ts");
      const secured = secure ? { tls: { cert, key, ca } } : {};
      return listen({ ...options, ...secured, onSession, host, port });
    }
  }
}

/** A target as a person writes it. */
export function formatTarget(target: Target): string {
  switch (target.binding) {
    case "unix":
      return `unix:${target.path}`;
    case "ws":
      return target.url;
    case "tcp":
      return `${target.secure ? "tls" : "tcp"}://${authority(target)}`;
    case "grpc":
      return `${target.secure ? "grpcs" : "grpc"}://${authority(target)}`;
  }
}

function authority({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function clientAuthority(ca: Buffer | undefined) {
  return ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
}
