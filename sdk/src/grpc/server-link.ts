import type { ServerDuplexStream } from "@grpc/grpc-js";
import { CloseCode } from "../core/index.ts";
import type { CloseInfo } from "../driver/index.ts";
import { GrpcLink } from "./grpc-link.ts";
import { statusError, statusNumber, statusOfCloseCode } from "./status.ts";

/**
 * A client that is there after all gets its status within this time, in ms, before its connection goes.
 * One that was silent was busy, and to grpc-js a status is none that is read together with the end of
 * the connection. One that takes nothing cannot get it, and its end has a bound [PW-OUT-3].
 */
const LAST_WORDS_MS: ReadonlyMap<number, number> = new Map([
  [CloseCode.HEARTBEAT_TIMEOUT, 1000],
  [CloseCode.OUTBOUND_BLOCKED, 100],
]);

/** The server's end of a call. */
export class ServerGrpcLink extends GrpcLink {
  readonly transport: "grpc" | "grpcs";
  readonly remote: string;
  readonly #call: ServerDuplexStream<Uint8Array, Uint8Array>;
  /** What this side closes with. */
  #closing: CloseInfo | undefined;
  #callEnded = false;
  readonly #abandon: () => void;

  /** @param abandon lets go of the connection of a client that is down. */
  constructor(
    call: ServerDuplexStream<Uint8Array, Uint8Array>,
    transport: "grpc" | "grpcs",
    abandon: () => void,
  ) {
    super(call);
    this.transport = transport;
    this.#abandon = abandon;
    this.#call = call;
    this.remote = call.getPeer();
    // Of a client that cancelled, a connection that broke, and a message that grpc-js refused for its
    // length, grpc-js tells a server no more than this one event.
    call.once("cancelled", () => {
      this.#callEnded = true;
      this.drain();
      const details = "cancelled by the client, by a lost connection, or for a message too long";
      this.finish({
        kind: "lost",
        cause: statusError({ code: statusNumber("CANCELLED"), details }),
      });
    });
  }

  /**
   * Ends the call with the status of `info` [PW-GRPC-6]. OK at once; any other
   * when the client has half-closed, as it must on a Close [PW-CLS-3], because a
   * client on grpc-js throws away the frames it has not read when such a status
   * arrives. One that does not half-close gets the status from `abort`.
   */
  protected closeCall(info: CloseInfo): void {
    this.#closing = info;
    if (info.code === CloseCode.NORMAL) this.#endCall(info);
  }

  protected abortCall(info: CloseInfo): void {
    this.#endCall(this.#closing ?? info);
    const lastWordsMs = LAST_WORDS_MS.get(info.code);
    if (lastWordsMs === undefined) return; // it is not down
    // After a stall of our own the timer fires before the status has left: two turns let it go first.
    setTimeout(() => setImmediate(() => setImmediate(this.#abandon)), lastWordsMs).unref();
  }

  protected handleReadEnd(): void {
    // Node ends the stream of a client that cancelled like one that half-closed, and grpc-js says
    // "cancelled" up to a turn later.
    setImmediate(() => setImmediate(() => this.#handleHalfClose()));
  }

  /** The end of the connection, and this side ends the call [PW-GRPC-2]. */
  #handleHalfClose(): void {
    if (this.#callEnded) return;
    this.finish({ kind: "peer-closed" });
    this.#endCall(this.#closing ?? { code: CloseCode.NORMAL, reason: "" });
  }

  #endCall({ code, reason }: CloseInfo): void {
    if (this.#callEnded) return;
    this.#callEnded = true;
    const status = statusOfCloseCode(code, reason);
    // grpc-js takes an emitted error for the status, and sends it after what was written before.
    if (status.code === statusNumber("OK")) this.#call.end();
    else this.#call.emit("error", status);
  }
}
