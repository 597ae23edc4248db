/** In the page: sessions that a test opens, and what it wants to know of them and of the timers here. */
import type { Session, SessionEvent } from "pulsewire";
import {
  type BrowserConnectOptions,
  type BrowserReconnectOptions,
  connect,
  reconnect,
} from "pulsewire/browser";
import { encodeFrame } from "pulsewire/core";

/** What happened to the session, and when, by the page's clock. */
interface Heard {
  readonly at: number;
  readonly event: SessionEvent;
}

declare global {
  interface Window {
    connect: typeof connect;
    /** The session that {@link dial} opened last. */
    session: Session;
    heard: Heard[];
    /** When a timer fired that sets itself anew every 100 ms. */
    ticks: number[];
    /** Dials; what the session tells is in {@link heard}. */
    dial(options: BrowserConnectOptions): Promise<void>;
    /** Keeps a connection: each session that {@link keep} got, and why it needed another. */
    kept: { readonly sessions: Session[]; readonly retries: string[] };
    /** Connects, and connects again, until {@link over} is aborted. */
    keep(options: BrowserReconnectOptions): void;
    over: AbortController;
    /** Starts {@link ticks}. */
    tick(): void;
    /** Keeps a connection with a heartbeat that knows nothing but its timer. */
    beatByTimer(url: string, heartbeatTimeMs: number): void;
  }
}

window.connect = connect;
window.heard = [];
window.ticks = [];
window.dial = async (options) => {
  window.heard = [];
  window.session = await connect({
    ...options,
    onEvent: (event) => void window.heard.push({ at: performance.now(), event }),
  });
};
window.kept = { sessions: [], retries: [] };
window.over = new AbortController();
window.keep = async (options) => {
  const { sessions, retries } = window.kept;
  const loop = reconnect({
    ...options,
    signal: window.over.signal,
    onRetry: ({ cause }) => {
      retries.push(cause instanceof Error ? cause.message : cause.kind);
    },
  });
  for await (const session of loop) {
    sessions.push(session);
    await session.closed;
  }
};
window.tick = () => {
  window.ticks = [];
  const loop = (): void => {
    window.ticks.push(performance.now());
    setTimeout(loop, 100);
  };
  loop();
};

/**
 * A heartbeat as many a page has it: a timer that sets itself anew, and nothing that what arrives
 * could wake.
 */
window.beatByTimer = (url, heartbeatTimeMs) => {
  const socket = new WebSocket(url, "pulsewire.v1");
  const frame = encodeFrame({ version: 1, body: "heartbeat", heartbeat: { heartbeatTimeMs } });
  const beat = (): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(frame as Uint8Array<ArrayBuffer>);
    setTimeout(beat, 0.75 * heartbeatTimeMs);
  };
  socket.onopen = beat;
};
