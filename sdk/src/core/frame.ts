/** A heartbeat as it travels; docs in proto/pulsewire/v1/frame.proto. */
export interface Heartbeat {
  readonly heartbeatTimeMs?: number | undefined;
  readonly replyRequested?: boolean | undefined;
  readonly timestamp?: number | undefined;
  readonly echo?: number | undefined;
  readonly heldUs?: number | undefined;
  readonly lowestVersion?: number | undefined;
}

/** A Close as it travels. */
export interface Close {
  readonly code: number;
  readonly reason: string;
  readonly retryAfterMs?: number | undefined;
  readonly lowestVersion?: number | undefined;
}

/** A decoded frame. "unknown" is a body this version does not have, or none [PW-FRM-4]. */
export type Frame = { readonly version: number } & (
  | { readonly body: "heartbeat"; readonly heartbeat: Heartbeat }
  | { readonly body: "data"; readonly data: Uint8Array; readonly more: boolean }
  | { readonly body: "close"; readonly close: Close }
  | { readonly body: "unknown" }
);
