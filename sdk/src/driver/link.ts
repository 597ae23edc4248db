/**
 * The seam between the protocol and the transports: a pipe of whole frames.
 *
 * TCP is a stream of bytes, WebSocket and gRPC carry messages; at this seam
 * they look alike. Whoever writes a binding implements {@link Link} and calls
 * {@link LinkSink}; docs/bindings.md says how frames are delimited.
 */

/** What a link says on the wire as it closes. */
export interface CloseInfo {
  /** A close code [PW-MAP-1]; the link maps it to what its transport has. */
  readonly code: number;
  /** For a human; a transport with less room cuts it. */
  readonly reason: string;
}

/** How a link ended, as far as the transport can tell. */
export type LinkEnd =
  /** The peer ended its direction in an orderly way: FIN, close frame, status OK [PW-CLS-4]. */
  | { readonly kind: "peer-closed" }
  /** The transport's own closing code named one of ours, with no Close frame before it [PW-WS-9, PW-GRPC-7]. */
  | { readonly kind: "peer-close-code"; readonly code: number; readonly reason: string }
  /** The transport failed: reset, refused, timed out, a proxy's error. */
  | { readonly kind: "lost"; readonly cause: Error }
  /** This side closed or aborted the link. */
  | { readonly kind: "local" };

/** What a link tells its user. Never called before {@link Link.start} nor after `onClose`. */
export interface LinkSink {
  /**
   * A whole frame arrived. The bytes belong to the sink from here on.
   *
   * @param more octets of the same read stand behind the frame, and another call
   *   of the sink about them follows at once: what the frame leads to can wait
   *   for that. Default false.
   */
  onFrame(frame: Uint8Array, more?: boolean): void;
  /**
   * Optional: `onFrame` of a frame that is `octets` from `from` up to `to`, for a
   * link that reads many at once and would make a view of each. The octets of
   * the frame belong to the sink, those around it do not.
   */
  onFrameWithin?(octets: Uint8Array, from: number, to: number, more: boolean): void;
  /** Octets arrived that do not complete a frame yet: life all the same [PW-LIV-1]. */
  onOctets(): void;
  /**
   * The peer broke a rule of the binding: a frame too large, a length that is
   * none, a text message. The sink ends the connection with `code`; the link
   * delivers nothing more.
   */
  onViolation(code: number, detail: string): void;
  /** The transport took octets that `send` had left waiting: there is room again [PW-OUT-2]. */
  onDrain(): void;
  /** The link is gone. Exactly once, and the last call. */
  onClose(end: LinkEnd): void;
}

/** One established frame pipe. Nothing here throws. */
export interface Link {
  /** Which binding: "tcp", "tls", "unix", "ws", "wss", "grpc", "memory" ... For people and logs. */
  readonly transport: string;
  /** The peer's address as the transport has it, for people and logs. */
  readonly remote: string;
  /** Begins delivery. Called once; what arrived earlier has been held, not lost. */
  start(sink: LinkSink): void;
  /**
   * Hands one frame to the transport. False: it went out, but the transport's
   * buffer is past its high-water mark; send nothing more until `onDrain`.
   * After the link has closed it is false and does nothing.
   */
  send(frame: Uint8Array): boolean;
  /**
   * Optional: `send` of a frame whose octets are those of `head` and then those
   * of `data`. What is true of `send` is true here, but `data` is the
   * application's: a link that still needs it after the call, because it has not
   * copied it, answers false, and between `cork` and `uncork` has `uncork` answer
   * false; it has let go of it when it calls `onDrain` or `onClose`.
   */
  sendParts?(head: Uint8Array, data: Uint8Array): boolean;
  /**
   * Optional, together with {@link uncork}, for a transport to which one long
   * write is cheaper than many short ones. Several frames follow, and then
   * `uncork`, all within this call of whoever corks; until then the link may keep
   * them. It answers false to a frame as soon as it wants to be uncorked, room or
   * not. Where there is a `cork`, what the application sends in one turn of the
   * event loop after its first message waits for the end of that turn.
   *
   * @param octets what the frames come to, delimiters of up to 5 octets
   *   included; more may come.
   */
  cork?(octets: number): void;
  /** Hands what was kept to the transport, and answers as `send` does for the last frame. */
  uncork?(): boolean;
  /**
   * Octets (of any unit that grows, such as writes) that the transport has
   * taken off this side's hands so far. It is asked only while a heartbeat
   * waits, to tell a peer that reads slowly from one that does not [PW-OUT-2].
   */
  octetsSent(): number;
  /**
   * Stops reading from the transport, so that the peer's data waits in it.
   * False: this transport cannot (a browser's WebSocket) [PW-LIM-5].
   */
  pause(): boolean;
  /** Reads on. */
  resume(): void;
  /** Sends what is waiting, then closes in the transport's orderly way. The caller bounds the time. */
  close(info: CloseInfo): void;
  /**
   * Ends the link now, waiting for nobody; `onClose` follows within the same
   * turn or the next. What `send` already handed over is left to the
   * operating system, so a last Close still has its chance. `info` is what the
   * transport can say in passing (a gRPC status).
   */
  abort(info: CloseInfo): void;
}
