/** The `WebSocket` of a browser, as far as this binding needs it. */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly protocol: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** Its constructor. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** What `onclose` is given. */
export interface WebSocketCloseEvent {
  readonly code: number;
  readonly reason: string;
}
