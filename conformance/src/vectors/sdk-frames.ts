/** Frames of the SDK's codec in the form of the vectors, and back. */
import { decodeFrame, encodeFrame, type Frame } from "pulsewire/core";
import { fromHex, toHex } from "../wire/hex.ts";
import type { CloseJson, FrameJson, HeartbeatJson } from "./model.ts";

/** The frame that these octets are; undefined if they are none [PW-FRM-3]. */
export function readFrame(octets: Uint8Array): FrameJson | undefined {
  const frame = decodeFrame(octets);
  if (typeof frame === "string") return undefined;
  const { version } = frame;
  switch (frame.body) {
    case "heartbeat":
      return { version, heartbeat: heartbeatJson(frame.heartbeat) };
    case "data":
      return {
        version,
        data_hex: toHex(frame.data),
        ...(frame.more ? { more: true } : {}),
      };
    case "close":
      return { version, close: closeJson(frame.close) };
    case "unknown":
      return { version };
  }
}

/** The octets of a frame. */
export function writeFrame(json: FrameJson): Uint8Array {
  return encodeFrame(sdkFrame(json));
}

function heartbeatJson(
  heartbeat: Extract<Frame, { body: "heartbeat" }>["heartbeat"],
): HeartbeatJson {
  const { heartbeatTimeMs, replyRequested, timestamp, echo, heldUs, lowestVersion } = heartbeat;
  return present({
    heartbeat_time_ms: heartbeatTimeMs,
    reply_requested: replyRequested ? true : undefined,
    timestamp,
    echo,
    held_us: heldUs,
    lowest_version: lowestVersion,
  });
}

function closeJson(close: Extract<Frame, { body: "close" }>["close"]): CloseJson {
  const { code, reason, retryAfterMs, lowestVersion } = close;
  return present({
    code: code === 0 ? undefined : code,
    reason: reason === "" ? undefined : reason,
    retry_after_ms: retryAfterMs,
    lowest_version: lowestVersion,
  });
}

function sdkFrame({ version, heartbeat, data_hex, close, more }: FrameJson): Frame {
  if (heartbeat !== undefined) {
    return {
      version,
      body: "heartbeat",
      heartbeat: {
        heartbeatTimeMs: heartbeat.heartbeat_time_ms,
        replyRequested: heartbeat.reply_requested,
        timestamp: heartbeat.timestamp,
        echo: heartbeat.echo,
        heldUs: heartbeat.held_us,
        lowestVersion: heartbeat.lowest_version,
      },
    };
  }
  if (data_hex !== undefined) {
    return { version, body: "data", data: fromHex(data_hex), more: more === true };
  }
  if (close !== undefined) {
    const { code = 0, reason = "", retry_after_ms, lowest_version } = close;
    return {
      version,
      body: "close",
      close: { code, reason, retryAfterMs: retry_after_ms, lowestVersion: lowest_version },
    };
  }
  return { version, body: "unknown" };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined: JSON has no such thing, and absent means absent. */
function present<T extends object>(fields: T): Present<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
