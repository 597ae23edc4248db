/** The SDK's state machine behind the words of the vectors. */
import { CloseCode, Connection, type ConnectionConfig, type ConnectionEnd } from "pulsewire/core";
import { fromHex, toHex } from "../wire/hex.ts";
import type { Input, Output, TraceConfig } from "./model.ts";
import type { Machine } from "./play.ts";
import { readFrame } from "./sdk-frames.ts";

export class SdkMachine implements Machine {
  readonly #connection: Connection;
  #blocked = false;

  constructor(config: TraceConfig, random: () => number) {
    this.#connection = new Connection(sdkConfig(config), random);
  }

  /** max(E, P) plus slack. */
  get patienceMs(): number {
    const { heartbeatTimeMs = 0, peerHeartbeatTimeMs = 0, config } = this.#connection;
    return Math.max(heartbeatTimeMs, peerHeartbeatTimeMs) + config.heartbeatSlackTimeMs;
  }

  nextTimeout(): number | undefined {
    return this.#connection.pollTimeout();
  }

  handleTimeout(now: number): void {
    this.#connection.handleTimeout(now);
  }

  handle(input: Input, now: number): void {
    const connection = this.#connection;
    switch (input.in) {
      case "open":
        connection.open(now);
        break;
      case "receive":
        connection.handleFrame(fromHex(input.hex), now);
        break;
      case "octets":
        connection.handleOctets(now);
        break;
      case "send":
        connection.sendData(fromHex(input.data_hex), now);
        break;
      case "probe":
        connection.probe(now);
        break;
      case "close":
        connection.close({ code: input.code, reason: input.reason }, now);
        break;
      case "peer-ended":
        connection.handleLinkClosed({ kind: "peer-closed" }, now);
        break;
      case "transport-failed":
        connection.handleLinkClosed({ kind: "lost", cause: new Error("reset") }, now);
        break;
      case "pause":
        connection.handlePause(now);
        break;
      case "resume":
        connection.handleResume(now);
        break;
      case "block":
        this.#blocked = true;
        break;
      case "progress":
        connection.handleProgress(now);
        break;
      case "unblock":
        this.#blocked = false;
        connection.handleProgress(now);
        break;
      case "suspended":
        connection.handleSuspend(now);
        break;
      case "stop":
      case "continue":
        throw new Error(`${input.in} is not for the machine`);
    }
  }

  takeOutputs(now: number): Output[] {
    const outputs: Output[] = [];
    for (;;) {
      const octets = this.#blocked ? undefined : this.#connection.pollTransmit(now);
      if (octets !== undefined) {
        const frame = readFrame(octets);
        if (frame === undefined) throw new Error("it sent what is no frame");
        outputs.push({ out: "frame", frame });
        continue;
      }
      if (this.#connection.pollLinkAction() !== undefined) continue;
      const event = this.#connection.pollEvent();
      if (event === undefined) return outputs;
      if (event.type === "message") outputs.push({ out: "message", data_hex: toHex(event.data) });
      else if (event.type === "ended") outputs.push(...endOutputs(event.end));
    }
  }
}

function sdkConfig(config: TraceConfig): ConnectionConfig {
  return {
    heartbeatTimeMs: config.heartbeat_time_ms,
    heartbeatSlackTimeMs: config.slack_ms,
    minHeartbeatTimeMs: config.floor_ms,
    alwaysBeat: config.always_beat,
    peerHeartbeats: config.peer_heartbeats,
    maxFrameBytes: config.max_frame_bytes,
    maxMessageBytes: config.max_message_bytes,
    firstFrameTimeoutMs: config.first_frame_timeout_ms,
  };
}

/** None for an end that this side's application chose: its time is not the protocol's. */
function endOutputs(end: ConnectionEnd): Output[] {
  switch (end.kind) {
    case "closed":
      return end.by === "local" ? [] : [{ out: "end", why: "closed-by-peer", code: end.code }];
    case "aborted":
    case "idle":
      return [];
    case "protocol-error":
      return [{ out: "end", why: "protocol-error", code: end.code }];
    case "unsupported-version":
      return [{ out: "end", why: "protocol-error", code: CloseCode.UNSUPPORTED_VERSION }];
    case "link-lost":
      return [{ out: "end", why: "transport-failed" }];
    default:
      return [{ out: "end", why: end.kind }];
  }
}
