/** Frames of the suite's own codec in the form of the vectors, and back. */
import type { FrameJson } from "../../src/vectors/model.ts";
import { dataOf, decodeFrame } from "../../src/wire/decode.ts";
import { encodeFrame } from "../../src/wire/encode.ts";
import { fromHex, toHex } from "../../src/wire/hex.ts";

/** The frame that these octets are; undefined if they are none. */
export function readSuiteFrame(octets: Uint8Array): FrameJson | undefined {
  const { body, version = 0, heartbeat, close, more } = decodeFrame(octets);
  if (body === "malformed") return undefined;
  if (heartbeat !== undefined) {
    return {
      version,
      heartbeat: present({
        heartbeat_time_ms: heartbeat.heartbeatTimeMs,
        reply_requested: heartbeat.replyRequested || undefined,
        timestamp: heartbeat.timestamp,
        echo: heartbeat.echo,
        held_us: heartbeat.heldUs,
        lowest_version: heartbeat.lowestVersion,
      }),
    };
  }
  if (close !== undefined) {
    return {
      version,
      close: present({
        code: close.code || undefined,
        reason: close.reason || undefined,
        retry_after_ms: close.retryAfterMs,
        lowest_version: close.lowestVersion,
      }),
    };
  }
  const data = dataOf(octets);
  return data === undefined
    ? { version }
    : present({ version, data_hex: toHex(data), more: more || undefined });
}

/** The octets of a frame. */
export function writeSuiteFrame({
  version,
  heartbeat,
  data_hex,
  close,
  more,
}: FrameJson): Uint8Array {
  return encodeFrame({
    version,
    heartbeat: heartbeat && {
      heartbeatTimeMs: heartbeat.heartbeat_time_ms,
      replyRequested: heartbeat.reply_requested,
      timestamp: heartbeat.timestamp,
      echo: heartbeat.echo,
      heldUs: heartbeat.held_us,
      lowestVersion: heartbeat.lowest_version,
    },
    data: data_hex === undefined ? undefined : fromHex(data_hex),
    close: close && {
      code: close.code ?? 0,
      reason: close.reason,
      retryAfterMs: close.retry_after_ms,
      lowestVersion: close.lowest_version,
    },
    more,
  });
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function present<T extends object>(fields: T): Present<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
