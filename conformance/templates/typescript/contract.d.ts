// The control contract of the suite, as types.

export interface Hello {
  contract: 1;
  name: string;
  version: string;
  language: string;
  transports: ("tcp" | "ws" | "grpc")[];
  roles: ("dial" | "listen")[];
  features: ("always_beat" | "optional_peers" | "stall" | "suspend" | "gateway")[];
}

/** How a connection is to behave; what is absent is the default of the implementation. */
export interface Config {
  /** Absent: passive. */
  heartbeat_time_ms?: number;
  slack_ms?: number;
  floor_ms?: number;
  always_beat?: boolean;
  peer_heartbeats?: "required" | "optional";
  max_frame_bytes?: number;
  max_message_bytes?: number;
  first_frame_timeout_ms?: number;
  max_unread_bytes?: number;
  reply?: "echo" | "length";
  read?: "paused";
  stream?: Sending;
}

export interface Sending {
  bytes?: number;
  text?: string;
  repeat?: number;
  every_ms?: number;
}

export interface Open {
  cmd: "open";
  id: number;
  conn: string;
  role: string;
  transport: string;
  address: { host: string; port: number };
  config: Config;
}

export type Command =
  | Open
  | { cmd: "hello"; id: number }
  | ({ cmd: "send"; id: number; conn: string } & Sending)
  | { cmd: "read"; id: number; conn: string }
  | { cmd: "close"; id: number; conn: string; code?: number; reason?: string }
  | { cmd: "bye"; id: number };

/** One connection of your implementation. */
export interface Connection {
  /** Sends a message without waiting for the network; throws once the connection has ended. */
  send(message: Uint8Array): void;
  /** Delivers messages from now on; they wait until then if `config.read` is "paused". */
  read(): void;
  /** Closes with this code and reason; does nothing if the connection has ended. */
  close(code: number, reason: string): void;
}

export interface Listener {
  port: number;
  /** Frees the port and lets go of all its connections. */
  close(): void;
}

/** To be called with each whole message. */
export type Received = (connection: Connection, message: Uint8Array) => void;
