import { type ConnectionEnd, closeCodeName, endedByHeartbeat } from "../core/index.ts";
import type { Session } from "../driver/index.ts";

/**
 * The end of a session as one flat record, for logs. Every value is a string, a
 * number or a boolean; fields that do not apply are left out. Names are stable:
 * new ones may come, none changes its meaning. Durations are in milliseconds,
 * counted back from the end. Nothing of the application's messages is in it.
 */
export interface EndRecord {
  /** The name of this record, for those who filter. */
  readonly event: "pulsewire.session.end";
  /** "warn" for an end by heartbeat and for what is a fault; "info" for one in good order. */
  readonly severity: "info" | "warn";
  /** One line for a human. Its wording may change; nothing in it was chosen by the peer. */
  readonly message: string;
  /** Wall-clock time of the end, ISO 8601 in UTC. */
  readonly endedAt: string;
  /** {@link ConnectionEnd}'s kind. */
  readonly kind: ConnectionEnd["kind"];
  /** The session was given up for silence, by this side or by its peer. */
  readonly byHeartbeat: boolean;
  /** "tcp", "tls", "unix", "ws", "wss", "grpc" ... */
  readonly transport: string;
  /** The peer's address. */
  readonly remote: string;
  /** How long the session was open; absent if it was opened before `logEnds` was called. */
  readonly openForMs?: number;
  /** This side's heartbeat-time E; absent while passive. */
  readonly heartbeatTimeMs?: number;
  /** The peer's promise P; absent if it never made one. */
  readonly peerHeartbeatTimeMs?: number;
  /** Smoothed round trip; absent if none was measured. */
  readonly rttMs?: number;

  /** peer-silent: since the peer's last octet. */
  readonly silentForMs?: number;
  /** peer-silent: since the peer's last heartbeat; absent if there was none. */
  readonly lastHeartbeatAgoMs?: number;
  /** peer-silent: this side's slack. */
  readonly heartbeatSlackTimeMs?: number;
  /** peer-silent: how far behind the deadline this side judged. Large: look at this process first. */
  readonly lateByMs?: number;
  /** peer-silent: since the last probe; absent if none was sent. */
  readonly probedAgoMs?: number;
  /** peer-silent: this side had been late before and had given the peer more time. */
  readonly pardoned?: boolean;
  /** peer-silent: how often `confirmDown` had given the peer more time. */
  readonly extensions?: number;
  /** idle: since the last message. */
  readonly idleForMs?: number;
  /** outbound-blocked: how long the transport took nothing. */
  readonly blockedForMs?: number;
  /** closed: who sent the Close. */
  readonly closedBy?: "local" | "remote";
  /** closed, protocol-error: the close code. */
  readonly code?: number;
  /** closed, protocol-error: its name, or `CODE_<n>`. */
  readonly codeName?: string;
  /** closed: the text of the Close, which the peer may have chosen. aborted: what the application gave. */
  readonly reason?: string;
  /** closed: the sender asks not to be called sooner. */
  readonly retryAfterMs?: number;
  /** protocol-error: what was wrong. */
  readonly detail?: string;
  /** unsupported-version: the lowest version the peer speaks. */
  readonly peerLowestVersion?: number;
  /** unsupported-version: the highest version the peer speaks. */
  readonly peerHighestVersion?: number;
  /** link-lost: the error of the transport, as text. */
  readonly cause?: string;
}

/** Longer texts are cut: a log line has its bounds, whoever chose the text. */
const TEXT_LIMIT = 512;

/** @param openForMs undefined if that is not known. */
export function endRecord(
  session: Session,
  end: ConnectionEnd,
  wallNow: number,
  openForMs: number | undefined,
): EndRecord {
  const { transport, remote, heartbeatTimeMs, peerHeartbeatTimeMs, rttMs } = session;
  const byHeartbeat = endedByHeartbeat(end);
  const { says, ...more } = describe(end);
  return defined({
    event: "pulsewire.session.end",
    severity: byHeartbeat || isFault(end) ? "warn" : "info",
    message: `${transport} session with ${remote} ended: ${says}`,
    endedAt: new Date(wallNow).toISOString(),
    kind: end.kind,
    byHeartbeat,
    transport,
    remote,
    openForMs: openForMs === undefined ? undefined : tenth(openForMs),
    heartbeatTimeMs,
    peerHeartbeatTimeMs,
    rttMs: rttMs === undefined ? undefined : Number(rttMs.toFixed(3)),
    ...more,
  });
}

/** What is particular to a kind of end; `says` goes into the message. */
function describe(end: ConnectionEnd) {
  switch (end.kind) {
    case "peer-silent": {
      const { evidence } = end;
      return {
        says: `the peer was silent for ${Math.round(evidence.silentForMs)} ms`,
        silentForMs: tenth(evidence.silentForMs),
        lastHeartbeatAgoMs: evidence.lastHeartbeatAgoMs && tenth(evidence.lastHeartbeatAgoMs),
        heartbeatSlackTimeMs: evidence.heartbeatSlackTimeMs,
        lateByMs: tenth(evidence.lateByMs),
        probedAgoMs: evidence.probedAgoMs && tenth(evidence.probedAgoMs),
        pardoned: evidence.pardoned,
        extensions: evidence.extensions,
      };
    }
    case "outbound-blocked":
      return {
        says: `the transport took nothing for ${Math.round(end.blockedForMs)} ms`,
        blockedForMs: tenth(end.blockedForMs),
      };
    case "idle":
      return {
        says: `no message for ${Math.round(end.idleForMs)} ms`,
        idleForMs: tenth(end.idleForMs),
      };
    case "closed": {
      const codeName = closeCodeName(end.code);
      return {
        says: `closed by the ${end.by === "local" ? "application" : "peer"}, ${codeName}`,
        closedBy: end.by,
        code: end.code,
        codeName,
        reason: end.reason === "" ? undefined : cut(end.reason),
        retryAfterMs: end.retryAfterMs,
      };
    }
    case "peer-closed":
      return { says: "the peer ended the connection without a Close" };
    case "protocol-error": {
      const codeName = closeCodeName(end.code);
      const says = `the peer broke the protocol, ${codeName}`;
      return { says, code: end.code, codeName, detail: cut(end.detail) };
    }
    case "unsupported-version":
      return {
        says: "no version in common",
        peerLowestVersion: end.peer.lowest,
        peerHighestVersion: end.peer.highest,
      };
    case "link-lost":
      return { says: "the transport failed", cause: textOf(end.cause) };
    case "aborted":
      return { says: "aborted by the application", reason: textOf(end.reason) };
  }
}

function isFault({ kind }: ConnectionEnd): boolean {
  return kind === "protocol-error" || kind === "unsupported-version" || kind === "link-lost";
}

/** Errors and strings as they are; of anything else only what it is, because it may hold anything. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return cut(value);
  // An error's name and message, and not its stack nor its own causes: those are of another layer.
  return value instanceof Error ? cut(`${value.name}: ${value.message}`) : `(${typeof value})`;
}

function cut(text: string): string {
  return text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT)}…`;
}

/** Clocks are finer than what a log is read for. */
function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
