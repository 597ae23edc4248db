import type { ClientDuplexStream } from "@grpc/grpc-js";
import { CloseCode } from "../core/index.ts";
import { GrpcLink } from "./grpc-link.ts";
import { type GrpcStatus, linkEndOfStatus, statusNumber } from "./status.ts";

/** grpc-js, of a message longer than `grpc.max_receive_message_length`. */
const TOO_LONG = /^Received message larger than max \((\d+) vs \d+\)$/;

/** The client's end of a call. */
export class ClientGrpcLink extends GrpcLink {
  readonly transport: "grpc" | "grpcs";
  readonly #call: ClientDuplexStream<Uint8Array, Uint8Array>;
  readonly #target: string;
  #status: GrpcStatus | undefined;

  /** @param target what was dialled, for as long as the call has no address. */
  constructor(
    call: ClientDuplexStream<Uint8Array, Uint8Array>,
    target: string,
    transport: "grpc" | "grpcs",
  ) {
    super(call);
    this.transport = transport;
    this.#call = call;
    this.#target = target;
    call.once("status", (status) => {
      this.#status = status;
      this.silence();
    });
  }

  get remote(): string {
    const peer = this.#call.getPeer();
    return peer === "unknown" ? this.#target : peer;
  }

  /** Half-closes and waits for the status [PW-GRPC-6]. */
  protected closeCall(): void {
    this.#call.end();
  }

  protected abortCall(): void {
    this.#call.cancel();
  }

  /** grpc-js ends the readable side with the status, whatever that is. */
  protected handleReadEnd(): void {
    const status = this.#status ?? { code: statusNumber("UNKNOWN"), details: "no status" };
    const detail = this.#isTooLong(status) ? status.details : undefined;
    this.finish(
      linkEndOfStatus(status),
      detail === undefined ? undefined : { code: CloseCode.FRAME_TOO_LARGE, detail },
    );
    this.#call.destroy();
  }

  /**
   * grpc-js refuses a message of the server's by ending the call itself
   * [PW-GRPC-8, PW-LIM-1]. A server on grpc-js says the same words of a message
   * of ours: but then it is not longer than any we sent.
   */
  #isTooLong({ code, details }: GrpcStatus): boolean {
    const length = Number(TOO_LONG.exec(details)?.[1] ?? 0);
    return code === statusNumber("RESOURCE_EXHAUSTED") && length > this.longestSent;
  }
}
