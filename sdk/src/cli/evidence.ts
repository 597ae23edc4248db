import { type ConnectionEnd, closeCodeName, type SilenceEvidence } from "../core/index.ts";
import { formatDuration, formatMeasured } from "./duration.ts";
import { printable } from "./text.ts";

/** An end in words: what happened, and what that rests on. */
export interface EndInWords {
  /** One or two words. */
  readonly word: "closed" | "DOWN" | "LOST" | "aborted";
  readonly what: string;
  /** Lines with the evidence. */
  readonly because: readonly string[];
}

/** Says in words how a session ended. */
export function describeEnd(end: ConnectionEnd): EndInWords {
  switch (end.kind) {
    case "closed": {
      const by = end.by === "local" ? "by this side" : "by the peer";
      const reason = end.reason === "" ? "" : `: "${printable(end.reason)}"`;
      const retry =
        end.retryAfterMs === undefined
          ? []
          : [`it asks not to be called again for ${formatDuration(end.retryAfterMs)}`];
      return { word: "closed", what: `${by}, ${closeCodeName(end.code)}${reason}`, because: retry };
    }
    case "peer-closed":
      return {
        word: "LOST",
        what: "the peer ended the connection without a Close",
        because: ["as when its process exits or is killed"],
      };
    case "peer-silent":
      return {
        word: "DOWN",
        what: `the peer said nothing for ${formatMeasured(end.evidence.silentForMs)}`,
        because: describeSilence(end.evidence),
      };
    case "outbound-blocked":
      return {
        word: "DOWN",
        what: `nothing could be sent for ${formatMeasured(end.blockedForMs)}`,
        because: ["the transport takes nothing while a heartbeat waits: the peer does not read"],
      };
    case "idle":
      return {
        word: "closed",
        what: `by this side: no message for ${formatMeasured(end.idleForMs)}`,
        because: [],
      };
    case "protocol-error":
      return {
        word: "LOST",
        what: `the peer broke the protocol, ${closeCodeName(end.code)}`,
        because: [printable(end.detail)],
      };
    case "unsupported-version":
      return {
        word: "LOST",
        what: `no version in common: the peer speaks ${end.peer.lowest} to ${end.peer.highest}`,
        because: [],
      };
    case "link-lost":
      return { word: "LOST", what: printable(end.cause.message), because: [] };
    case "aborted":
      return { word: "aborted", what: "by this side, without a word to the peer", because: [] };
  }
}

function describeSilence(evidence: SilenceEvidence): string[] {
  const { heartbeatTimeMs: own, peerHeartbeatTimeMs: promised, heartbeatSlackTimeMs } = evidence;
  const longest = Math.max(own, promised ?? 0);
  const allowed = `${formatDuration(longest)} + ${formatDuration(heartbeatSlackTimeMs)} slack`;
  const whose = longest > own ? ", as the peer itself promised" : "";
  const heartbeat =
    evidence.lastHeartbeatAgoMs === undefined
      ? "it never sent a heartbeat: is it Pulsewire at all?"
      : `last heartbeat ${formatMeasured(evidence.lastHeartbeatAgoMs)} ago`;
  const probe =
    evidence.probedAgoMs === undefined
      ? "not probed"
      : `probed ${formatMeasured(evidence.probedAgoMs)} ago, no answer`;
  return [
    `allowed: ${allowed}${whose}; judged ${formatMeasured(evidence.lateByMs)} after that`,
    `${heartbeat}; ${probe}`,
    ...(evidence.pardoned
      ? ["this side had been late itself, so the peer was given more time once"]
      : []),
    ...(evidence.extensions > 0
      ? [`it could still be reached, so it was given more time: ${evidence.extensions} times`]
      : []),
  ];
}

/** In good order: exit code 0. */
export function isOrderly(end: ConnectionEnd): boolean {
  if (end.kind === "idle") return true;
  // A Close with any other code says that something was wrong.
  return end.kind === "closed" && (end.by === "local" || end.code <= 2);
}
