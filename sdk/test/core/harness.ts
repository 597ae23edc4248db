import {
  type Close,
  Connection,
  type ConnectionConfig,
  type ConnectionEvent,
  decodeFrame,
  encodeFrame,
  type Frame,
  type Heartbeat,
  type LinkAction,
} from "../../src/core/index.ts";

/** One connection, its time, and all it says. It opens at 0, unless told not to. */
export class Harness {
  readonly connection: Connection;
  now = 0;
  writable = true;
  sent: { readonly at: number; readonly frame: Frame }[] = [];
  events: ConnectionEvent[] = [];
  actions: LinkAction[] = [];

  constructor(config: ConnectionConfig = {}, options: { random?: number; open?: boolean } = {}) {
    const { random = 0.5, open = true } = options;
    this.connection = new Connection(config, () => random);
    if (open) this.act((connection, now) => connection.open(now));
  }

  /** Does something at the present time and takes what comes of it. */
  act(action: (connection: Connection, now: number) => void): void {
    action(this.connection, this.now);
    for (;;) {
      const octets = this.writable ? this.connection.pollTransmit(this.now) : undefined;
      if (octets !== undefined) {
        const frame = decodeFrame(octets);
        if (typeof frame === "string") throw new Error(`it sent what is none: ${frame}`);
        this.sent.push({ at: this.now, frame });
        continue;
      }
      const action = this.connection.pollLinkAction();
      if (action !== undefined) {
        this.actions.push(action);
        continue;
      }
      const event = this.connection.pollEvent();
      if (event === undefined) return;
      this.events.push(event);
    }
  }

  /** Calls each timeout at its time, up to and including `time`. */
  until(time: number): this {
    let turns = 0;
    for (
      let at = this.connection.pollTimeout();
      at !== undefined && at <= time;
      at = this.connection.pollTimeout()
    ) {
      turns += 1;
      if (turns > 10_000) throw new Error(`it always wants to be called at ${at}`);
      this.now = Math.max(this.now, at);
      this.act((connection, now) => connection.handleTimeout(now));
    }
    this.now = time;
    return this;
  }

  /** Time passes and nobody calls: the process stood still. */
  jump(time: number): this {
    this.now = time;
    return this;
  }

  timeout(): this {
    this.act((connection, now) => connection.handleTimeout(now));
    return this;
  }

  octets(octets: Uint8Array): this {
    this.act((connection, now) => connection.handleFrame(octets, now));
    return this;
  }

  receive(frame: Frame): this {
    return this.octets(encodeFrame(frame));
  }

  heartbeat(heartbeatTimeMs?: number, more: Heartbeat = {}): this {
    return this.receive({
      version: 1,
      body: "heartbeat",
      heartbeat: { heartbeatTimeMs, ...more },
    });
  }

  data(data: Uint8Array, more = false): this {
    return this.receive({ version: 1, body: "data", data, more });
  }

  closed(close: Partial<Close> = {}, version = 1): this {
    return this.receive({ version, body: "close", close: { code: 1, reason: "", ...close } });
  }

  /** What was sent since the last look, in short: `hb(5000)`, `hb(-)?`, `data(3)`, `data(3)+`, `close(1)`. */
  take(): string[] {
    return this.sent.splice(0).map(({ at, frame }) => `${at} ${short(frame)}`);
  }

  ended(): ConnectionEvent[] {
    return this.events.filter((event) => event.type === "ended");
  }

  types(): string[] {
    return this.events.splice(0).map((event) => event.type);
  }
}

function short(frame: Frame): string {
  switch (frame.body) {
    case "heartbeat": {
      const { heartbeatTimeMs, replyRequested } = frame.heartbeat;
      return `hb(${heartbeatTimeMs ?? "-"})${replyRequested ? "?" : ""}`;
    }
    case "data":
      return `data(${frame.data.length})${frame.more ? "+" : ""}`;
    case "close":
      return `close(${frame.close.code})`;
    case "unknown":
      return "unknown";
  }
}
