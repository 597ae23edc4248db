import { resolve } from "node:path";
import { authority, formatTarget, parseTarget, TARGETS, type Target, urlError } from "./target.ts";

/** Where an unmodified program is: a stream of octets. */
export type PlainTarget =
  | { readonly binding: "tcp"; readonly host: string; readonly port: number }
  | { readonly binding: "unix"; readonly path: string };

/** What the URL of a leg says: who is there, and whether it speaks Pulsewire. */
export type LegTarget =
  | { readonly plain: true; readonly target: PlainTarget }
  | { readonly plain: false; readonly target: Target };

const PLAIN = "plain+";
const SPOKEN = `plain+tcp://127.0.0.1:5432 or plain+unix:/path for a program as it is, or ${TARGETS}`;

/**
 * Reads the URL of a leg: `plain+tcp://host:port` and `plain+unix:/path` for a
 * program as it is, and those of {@link parseTarget} for what speaks Pulsewire.
 *
 * @throws PulsewireError `PW_URL`.
 */
export function parseLeg(text: string): LegTarget {
  if (typeof text !== "string") throw urlError(`a URL is a string; got ${typeof text}`);
  if (!text.startsWith(PLAIN)) return { plain: false, target: parseTarget(text, SPOKEN) };
  const target = parseTarget(text.slice(PLAIN.length), SPOKEN, PLAIN);
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

/**
 * Whoever dials the one reaches what listens on the other, however each is
 * spoken to. Port 0 is another one each time.
 */
export function isSameAddress(one: LegTarget, other: LegTarget): boolean {
  const address = addressOf(one.target);
  return address !== undefined && address === addressOf(other.target);
}

function addressOf(target: PlainTarget | Target): string | undefined {
  if (target.binding === "unix") return `unix:${resolve(target.path)}`;
  return target.port === 0 ? undefined : authority(target);
}
