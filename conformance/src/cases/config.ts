/** The testee's configuration as a case sketches it, to what the control contract says. */
import type { Sending, TesteeConfig } from "../testee/contract.ts";
import type { SendingSketch, TesteeSketch } from "./model.ts";
import { parseTime } from "./times.ts";

export function buildConfig(sketch: TesteeSketch, unitMs: number): TesteeConfig {
  const time = (text: string | undefined): number | undefined =>
    text === undefined || text === "default" ? undefined : Math.round(parseTime(text, unitMs));
  const { always_beat, peer_heartbeats, max_frame_bytes, max_message_bytes } = sketch;
  return withoutAbsent({
    heartbeat_time_ms: time(sketch.heartbeat_time),
    slack_ms: time(sketch.slack),
    floor_ms: time(sketch.floor),
    always_beat,
    peer_heartbeats,
    max_frame_bytes,
    max_message_bytes,
    first_frame_timeout_ms: time(sketch.first_frame_timeout),
    max_unread_bytes: sketch.max_unread_bytes,
    reply: sketch.reply,
    read: sketch.read,
    stream: sketch.stream === undefined ? undefined : buildSending(sketch.stream, unitMs),
  });
}

export function buildSending(sketch: SendingSketch, unitMs: number): Sending {
  const { bytes, text, repeat, every } = sketch;
  const every_ms = every === undefined ? undefined : Math.round(parseTime(every, unitMs));
  return withoutAbsent({ bytes, text, repeat, every_ms });
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, entry]) => entry !== undefined),
  ) as Present<T>;
}
