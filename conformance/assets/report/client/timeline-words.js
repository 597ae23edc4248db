import { closeName, directionOf, isOnWire } from "./timeline-layout.js";

/**
 * @import { DecodedFrame, TraceEvent } from "../../../src/model.ts"
 */

/**
 * What happened, in words.
 *
 * @param {TraceEvent} event
 */
export function eventWords(event) {
  switch (event.kind) {
    case "open":
      return "open";
    case "frame":
      return (
        frameWords(event.frame, event.bytes) +
        (event.batch === undefined ? "" : ` (read ${event.batch})`)
      );
    case "octets":
      return `${event.what}, ${event.bytes} octets`;
    case "end": {
      const code = event.code === undefined ? "" : ` ${event.code}`;
      const detail = event.detail === undefined ? "" : `: ${event.detail}`;
      return `end by the ${event.by}, ${event.how}${code}${detail}`;
    }
    case "testee":
      return `testee says ${JSON.stringify(event.event)}`;
    case "step":
      return `step: ${event.step}${event.label === undefined ? "" : ` (${event.label})`}`;
    case "lag":
      return `the harness was ${(event.lagNs / 1e6).toFixed(1)} ms late`;
    case "starved":
      return `the machine had kept the peer waiting for ${(event.waitNs / 1e6).toFixed(1)} ms`;
  }
}

/**
 * Which way it went, if it went any.
 *
 * @param {TraceEvent} event
 */
export function arrowWords(event) {
  if (!isOnWire(event)) return "";
  return directionOf(event) === "sent" ? "harness → peer" : "peer → harness";
}

/**
 * Its octets, two digits each; nothing for what has none.
 *
 * @param {TraceEvent} event
 */
export function hexWords(event) {
  if (!("hex" in event) || event.hex === "") return undefined;
  const text = event.hex.replace(/..(?=.)/g, "$& ");
  return event.hex.length / 2 < event.bytes ? `${text} … (${event.bytes} octets)` : text;
}

/**
 * What a frame holds.
 *
 * @param {DecodedFrame} frame
 * @param {number} bytes
 */
export function frameWords(frame, bytes) {
  const version =
    frame.version === undefined || frame.version === 1 ? "" : ` of version ${frame.version}`;
  switch (frame.body) {
    case "heartbeat":
      return `heartbeat${version}, ${heartbeatWords(frame.heartbeat ?? {})}`;
    case "data": {
      const text = frame.data?.text === undefined ? "" : ` ${JSON.stringify(frame.data.text)}`;
      const more = frame.more === true ? ", more follows" : "";
      return `data${version}, ${frame.data?.bytes ?? bytes} octets${text}${more}`;
    }
    case "close": {
      const { code = 0, reason = "", retryAfterMs } = frame.close ?? {};
      const why = reason === "" ? "" : `: ${reason}`;
      const retry = retryAfterMs === undefined ? "" : `, retry after ${retryAfterMs} ms`;
      return `close${version}, ${closeName(code)}${retry}${why}`;
    }
    case "malformed":
      return `malformed frame${frame.problem === undefined ? "" : `: ${frame.problem}`}`;
    case "none":
      return `frame without a body${version}`;
    case "unknown":
      return `frame with an unknown body${version}`;
  }
}

/** @param {NonNullable<DecodedFrame["heartbeat"]>} heartbeat */
function heartbeatWords({
  heartbeatTimeMs,
  replyRequested,
  timestamp,
  echo,
  heldUs,
  lowestVersion,
}) {
  const parts = [
    heartbeatTimeMs === undefined ? "without a heartbeat-time" : `${heartbeatTimeMs} ms`,
    replyRequested === true ? "a probe" : undefined,
    timestamp === undefined ? undefined : `timestamp ${timestamp}`,
    echo === undefined ? undefined : `echo ${echo}`,
    heldUs === undefined ? undefined : `held ${heldUs} µs`,
    lowestVersion === undefined ? undefined : `lowest version ${lowestVersion}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}
