import { CloseCode } from "./close-code.ts";

/**
 * What a verdict of silence or blockage rests on, so that a log line can say
 * more than "timeout". Every duration is in milliseconds on this side's
 * monotonic clock, counted back from the verdict.
 */
export interface SilenceEvidence {
  /** Since the last octet from the peer, pauses of our own reading left out. */
  readonly silentForMs: number;
  /** Since the last heartbeat; undefined if there never was one. */
  readonly lastHeartbeatAgoMs: number | undefined;
  /** This side's heartbeat-time E. */
  readonly heartbeatTimeMs: number;
  /** The peer's promise P; undefined if it never advertised one. */
  readonly peerHeartbeatTimeMs: number | undefined;
  readonly heartbeatSlackTimeMs: number;
  /** How far behind its deadline, the last one it had, the verdict was made. */
  readonly lateByMs: number;
  /** Since the last probe of this silence; undefined if none was sent. */
  readonly probedAgoMs: number | undefined;
  /** This side was late before in this silence and gave the peer more time [PW-CLK-3]. */
  readonly pardoned: boolean;
  /** How often in this silence `confirmDown` gave the peer more time [PW-LIV-12]. */
  readonly extensions: number;
}

/** How and why a connection ended. Reported exactly once [PW-CLS-9]. */
export type ConnectionEnd =
  /** A Close frame was sent ("local") or received ("remote"). */
  | {
      readonly kind: "closed";
      readonly by: "local" | "remote";
      readonly code: number;
      readonly reason: string;
      /** The sender asks not to be called sooner [PW-CLS-7]. */
      readonly retryAfterMs?: number;
    }
  /** The peer's stream ended without Close: a half-close, a process that exited [PW-CLS-4]. */
  | { readonly kind: "peer-closed" }
  /** Nothing came from the peer until the deadline [PW-LIV-5]. */
  | { readonly kind: "peer-silent"; readonly evidence: SilenceEvidence }
  /** The transport accepted nothing while a heartbeat waited [PW-OUT-1]. */
  | {
      readonly kind: "outbound-blocked";
      /** How long the transport took nothing. */
      readonly blockedForMs: number;
    }
  /** The peer broke a rule or passed a limit; `code` is what it was told. */
  | { readonly kind: "protocol-error"; readonly code: number; readonly detail: string }
  /** No message was sent or received for `idleTimeoutMs`, and this side closed [PW-CLS-13]. */
  | {
      readonly kind: "idle";
      /** Since the last message, pauses of our own reading left out. */
      readonly idleForMs: number;
    }
  /** No version in common [PW-VER-5]. */
  | {
      readonly kind: "unsupported-version";
      readonly peer: { readonly lowest: number; readonly highest: number };
    }
  /** The transport failed. */
  | { readonly kind: "link-lost"; readonly cause: Error }
  /** The application aborted the session. */
  | { readonly kind: "aborted"; readonly reason: unknown };

/**
 * The connection was given up for silence, by this side or by its peer, and not
 * because somebody closed it or the network said that it was gone. Such an end
 * calls for a log record, and for some patience before the next attempt.
 */
export function endedByHeartbeat(end: ConnectionEnd): boolean {
  if (end.kind === "closed") return end.by === "remote" && end.code === CloseCode.HEARTBEAT_TIMEOUT;
  return end.kind === "peer-silent" || end.kind === "outbound-blocked";
}
