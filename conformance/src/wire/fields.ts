/** The field numbers of `proto/pulsewire/v1/frame.proto`; a test compares the two. */

export const FrameField = { version: 1, heartbeat: 2, data: 3, close: 4, more: 5 } as const;

export const HeartbeatField = {
  heartbeat_time_ms: 1,
  reply_requested: 2,
  timestamp: 3,
  echo: 4,
  held_us: 5,
  lowest_version: 6,
} as const;

export const CloseField = { code: 1, reason: 2, retry_after_ms: 3, lowest_version: 4 } as const;
