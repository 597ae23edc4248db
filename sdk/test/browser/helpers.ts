import type { Session, SessionListener } from "pulsewire";
import type { WebSocketConstructor } from "pulsewire/browser";
import { WebSocket } from "ws";

/** A class that is like a browser's: text arrives as a string, and it cannot be terminated. */
export const BrowserWebSocket: WebSocketConstructor = WebSocket;

/** A limit for what hangs, and less than the one of the whole test; how fast it is, depends on the machine. */
const HANGS_MS = 15_000;

/** `promise`, or a failure that says what did not come. */
export async function within<T>(promise: Promise<T>, what: string, ms = HANGS_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The next session of a listener. */
export async function accepted(listener: SessionListener): Promise<Session> {
  const { value } = await within(listener[Symbol.asyncIterator]().next(), "a session");
  if (value === undefined) throw new Error("the listener is closed");
  return value;
}

/** The next message of a session. */
export async function received(session: Session): Promise<Uint8Array> {
  const { value } = await within(session[Symbol.asyncIterator]().next(), "a message");
  if (value === undefined) throw new Error(`the session has ended: ${JSON.stringify(session.end)}`);
  return value;
}

/** A WebSocket that does what the test says. */
export class FakeWebSocket {
  binaryType = "blob";
  bufferedAmount = 0;
  protocol = "pulsewire.v1";
  readyState = 1;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: Uint8Array[] = [];
  readonly closes: { code: number | undefined; reason: string | undefined }[] = [];

  send(data: Uint8Array): void {
    this.sent.push(data);
    this.bufferedAmount += data.length;
  }

  close(code?: number, reason?: string): void {
    this.closes.push({ code, reason });
    this.readyState = 2;
  }
}
