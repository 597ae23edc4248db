/** Whether a frame is what a case speaks of, and how to say what that is. */
import type { FrameMatch } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import type { DecodedFrame } from "../model.ts";
import { closeCodeName } from "../wire/close-codes.ts";

/** True if all that `match` names holds for the frame. */
export function matches(frame: DecodedFrame, match: FrameMatch, unitMs: number): boolean {
  const { heartbeat, close } = frame;
  if (match.body !== undefined && match.body !== "any" && frame.body !== match.body) return false;
  if (match.version !== undefined && frame.version !== match.version) return false;
  if (match.more !== undefined && (frame.more ?? false) !== match.more) return false;
  if (match.probe !== undefined && (heartbeat?.replyRequested ?? false) !== match.probe)
    return false;
  if (match.stamped !== undefined && (heartbeat?.timestamp !== undefined) !== match.stamped)
    return false;
  if (!hasTime(heartbeat?.heartbeatTimeMs, match, unitMs)) return false;
  if (!hasEcho(heartbeat?.echo, match.echo)) return false;
  if (match.code !== undefined && close?.code !== match.code) return false;
  if (
    match.lowest_version !== undefined &&
    (close ?? heartbeat)?.lowestVersion !== match.lowest_version
  )
    return false;
  if (match.max_data_bytes !== undefined && (frame.data?.bytes ?? 0) > match.max_data_bytes)
    return false;
  if (match.max_reason_bytes !== undefined) {
    const reason = new TextEncoder().encode(close?.reason ?? "");
    if (reason.length > match.max_reason_bytes) return false;
  }
  return true;
}

function hasTime(time: number | undefined, match: FrameMatch, unitMs: number): boolean {
  const wanted = match.heartbeat_time;
  if (match.at_least !== undefined && (time ?? 0) < parseTime(match.at_least, unitMs)) return false;
  if (wanted === undefined) return true;
  if (wanted === "none") return time === undefined;
  if (wanted === "some") return time !== undefined;
  return time === Math.round(parseTime(wanted, unitMs));
}

function hasEcho(echo: number | undefined, wanted: FrameMatch["echo"]): boolean {
  if (wanted === undefined) return true;
  if (wanted === "none") return echo === undefined;
  if (wanted === "some") return echo !== undefined;
  return echo === wanted;
}

/** "a heartbeat with heartbeat-time 200 ms" */
export function describeMatch(match: FrameMatch, unitMs: number): string {
  const body = match.body === undefined || match.body === "any" ? "frame" : match.body;
  const traits = describeTraits(match, unitMs);
  return traits === "" ? `a ${body}` : `a ${body} with ${traits}`;
}

/** What a match asks for beside the body: "heartbeat-time 200 ms, version 1". */
export function describeTraits(match: FrameMatch, unitMs: number): string {
  const traits: string[] = [];
  const time = match.heartbeat_time;
  if (time === "none") traits.push("no heartbeat-time");
  else if (time === "some") traits.push("a heartbeat-time");
  else if (time !== undefined)
    traits.push(`heartbeat-time ${Math.round(parseTime(time, unitMs))} ms`);
  if (match.at_least !== undefined)
    traits.push(`a heartbeat-time of at least ${parseTime(match.at_least, unitMs)} ms`);
  if (match.probe !== undefined)
    traits.push(match.probe ? "reply_requested" : "no reply_requested");
  if (match.stamped !== undefined) traits.push(match.stamped ? "a timestamp" : "no timestamp");
  if (match.version !== undefined) traits.push(`version ${match.version}`);
  if (match.more !== undefined) traits.push(match.more ? "more" : "no more");
  if (match.echo !== undefined)
    traits.push(
      match.echo === "none" ? "no echo" : match.echo === "some" ? "an echo" : `echo ${match.echo}`,
    );
  if (match.code !== undefined) traits.push(`code ${closeCodeName(match.code)}`);
  if (match.lowest_version !== undefined) traits.push(`lowest_version ${match.lowest_version}`);
  if (match.max_data_bytes !== undefined)
    traits.push(`at most ${match.max_data_bytes} octets of data`);
  if (match.max_reason_bytes !== undefined)
    traits.push(`a reason of at most ${match.max_reason_bytes} octets`);
  return traits.join(", ");
}

/** A frame as evidence: "heartbeat 200 ms, probe". */
export function describeFrame(frame: DecodedFrame): string {
  switch (frame.body) {
    case "heartbeat": {
      const time = frame.heartbeat?.heartbeatTimeMs;
      const probe = frame.heartbeat?.replyRequested === true ? ", probe" : "";
      return `heartbeat ${time === undefined ? "without a heartbeat-time" : `${time} ms`}${probe}`;
    }
    case "data":
      return `data of ${frame.data?.bytes ?? 0} octets${frame.more === true ? ", more" : ""}`;
    case "close":
      return `Close ${closeCodeName(frame.close?.code ?? 0)}`;
    case "malformed":
      return `malformed frame (${frame.problem})`;
    default:
      return `frame with ${frame.body === "none" ? "no" : "an unknown"} body`;
  }
}
