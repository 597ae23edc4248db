import { formatTarget, parseTarget, type Target, urlError } from "./target.ts";

/** Where an unmodified program is: a stream of octets. */
export type PlainTarget =
  | { readonly binding: "tcp"; readonly host: string; readonly port: number }
  | { readonly binding: "unix"; readonly path: string };

/** What the URL of a leg says: who is there, and whether it speaks Pulsewire. */
export type LegTarget =
  | { readonly plain: true; readonly target: PlainTarget }
  | { readonly plain: false; readonly target: Target };

const PLAIN = "plain+";

/**
 * Reads the URL of a leg: `plain+tcp://host:port` and `plain+unix:/path` for a
 * program as it is, and those of {@link parseTarget} for what speaks Pulsewire.
 *
 * @throws PulsewireError `PW_URL`.
 */
export function parseLeg(text: string): LegTarget {
  if (typeof text !== "string") throw urlError(`a URL is a string; got ${typeof text}`);
  if (!text.startsWith(PLAIN)) return { plain: false, target: parseTarget(text) };
  const target = parseTarget(text.slice(PLAIN.length));
  if (target.binding === "unix") return { plain: true, target };
  if (target.binding === "tcp" && !target.secure) {
    return { plain: true, target: { binding: "tcp", host: target.host, port: target.port } };
  }
  throw urlError(
    `"${text}": an unmodified program is reached by plain+tcp://host:port or plain+unix:/path`,
  );
}

/** A leg as a person writes it. */
export function formatLeg({ plain, target }: LegTarget): string {
  if (!plain) return formatTarget(target);
  return PLAIN + formatTarget(target.binding === "unix" ? target : { ...target, secure: false });
}

/** Its connections are encrypted. */
export function isSecure({ plain, target }: LegTarget): boolean {
  return !plain && target.binding !== "unix" && target.secure;
}
