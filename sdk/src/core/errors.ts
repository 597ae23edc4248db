import type { ConnectionEnd } from "./end.ts";

/**
 * The stable codes of {@link PulsewireError}. docs/errors.md has a row for
 * each, and a test holds the two together.
 */
export type PulsewireErrorCode =
  /** An option is out of its range, of the wrong type, or contradicts another. */
  | "PW_CONFIG"
  /** A URL or address cannot be read. */
  | "PW_URL"
  /** The session or listener has ended: nothing can be sent on it. */
  | "PW_ENDED"
  /** A message is longer than `maxMessageBytes`. */
  | "PW_MESSAGE_TOO_LARGE"
  /** More waits to be sent than `maxUnsentBytes`. */
  | "PW_UNSENT_LIMIT"
  /** No connection could be made. */
  | "PW_CONNECT_FAILED"
  /** The address to listen on is taken. */
  | "PW_ADDRESS_IN_USE"
  /** Listening failed for another reason. */
  | "PW_LISTEN_FAILED"
  /** The package that a binding stands on is not installed. */
  | "PW_MISSING_DEPENDENCY";

/**
 * The only error this library throws or rejects with, apart from an
 * `AbortSignal`'s own reason.
 *
 * What a peer does wrong is never an exception: it becomes the end of the
 * connection ({@link ConnectionEnd}). `side` is "local" where the caller can
 * mend it, and "remote" where the other end or the network refused.
 */
export class PulsewireError extends Error {
  override readonly name: string = "PulsewireError";
  readonly code: PulsewireErrorCode;
  readonly side: "local" | "remote";
  /** With `PW_ENDED`, and as the reason of a session's `signal`: how the connection ended. */
  readonly end: ConnectionEnd | undefined;

  constructor(
    code: PulsewireErrorCode,
    message: string,
    options: {
      readonly side?: "local" | "remote";
      readonly end?: ConnectionEnd | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(
      `[${code}] ${message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.side = options.side ?? "local";
    this.end = options.end;
  }
}
