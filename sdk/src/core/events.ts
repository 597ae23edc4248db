import type { ConnectionEnd, SilenceEvidence } from "./end.ts";

/**
 * Why a heartbeat was sent: at the opening, because the heartbeat-time changed,
 * because it was time, to ask a silent peer, or because the peer asked.
 */
export type HeartbeatCause = "opening" | "announcement" | "cadence" | "probe" | "answer";

/** What a connection has to tell. Times are milliseconds. */
export type ConnectionEvent =
  | { readonly type: "open" }
  | {
      readonly type: "heartbeat-sent";
      readonly cause: HeartbeatCause;
      /** What was advertised; undefined while passive. */
      readonly heartbeatTimeMs: number | undefined;
    }
  | {
      readonly type: "heartbeat-received";
      /** As it was received; undefined from a passive peer. */
      readonly heartbeatTimeMs: number | undefined;
      readonly replyRequested: boolean;
      /** Round trip measured with this heartbeat, if it allowed that [PW-RTT-3]. */
      readonly rttMs: number | undefined;
    }
  | {
      readonly type: "adopted";
      /** The new heartbeat-time of this side. */
      readonly heartbeatTimeMs: number;
      readonly previousMs: number | undefined;
      /** What the peer asked for; differs where the floor or ceiling applied [PW-ADP-4]. */
      readonly receivedMs: number;
    }
  /** Silence has passed heartbeat-time plus half the slack; a probe goes out [PW-PRB-1]. */
  | { readonly type: "suspect"; readonly silentForMs: number }
  /** The suspect spoke [PW-PRB-5]. */
  | { readonly type: "recovered"; readonly silentForMs: number }
  /** This side judged too late to be fair and gave the peer more time [PW-CLK-3]. */
  | { readonly type: "pardoned"; readonly lateByMs: number }
  /**
   * The deadline has passed, and instead of the verdict the application is asked
   * for the `extension`th time in this silence, from 1 on, whether the peer can
   * still be reached: `Connection.confirm` takes the answer [PW-LIV-11].
   */
  | {
      readonly type: "confirming";
      readonly extension: number;
      readonly evidence: SilenceEvidence;
    }
  /** It can, and has `forMs` from now on to say something; a probe goes out [PW-LIV-12]. */
  | { readonly type: "extended"; readonly extension: number; readonly forMs: number }
  /** The machine was suspended; the peer is probed [PW-CLK-5]. */
  | { readonly type: "suspended" }
  /** A whole message of the peer's application. */
  | { readonly type: "message"; readonly data: Uint8Array }
  /** The last event. */
  | { readonly type: "ended"; readonly end: ConnectionEnd };
