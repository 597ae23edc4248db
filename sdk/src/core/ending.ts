import { CloseCode } from "./close-code.ts";
import type { ConnectionEnd } from "./end.ts";
import { PulsewireError } from "./errors.ts";
import type { Close } from "./frame.ts";

/** How the application closes. */
export interface CloseReason {
  /** A close code, 1 to 2^31-1, as an enum of protobuf has it; default NORMAL [PW-CLS-10]. */
  readonly code?: number | undefined;
  /** For a human; at most 512 octets of UTF-8, longer ones are cut [PW-CLS-6]. */
  readonly reason?: string | undefined;
  /** Ask the peer not to come back sooner, in ms, 0 to 2^32-1 [PW-CLS-7]. */
  readonly retryAfterMs?: number | undefined;
}

/** What the link has to do: end in an orderly way with this code, or now. */
export interface LinkAction {
  readonly action: "close" | "abort";
  readonly code: number;
  readonly reason: string;
}

/** How the link ended, as its transport tells it. */
export type LinkClosed =
  /** The peer ended its direction in an orderly way [PW-CLS-4]. */
  | { readonly kind: "peer-closed" }
  /** The transport's own closing code named one of ours [PW-MAP-1]. */
  | { readonly kind: "peer-close-code"; readonly code: number; readonly reason: string }
  | { readonly kind: "lost"; readonly cause: Error }
  /** This side ended it. */
  | { readonly kind: "local" };

const REASON_LIMIT_BYTES = 512;
const CODE_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

/**
 * How a connection comes to its end: who said what, what is still to be said,
 * and what becomes of the link.
 *
 * There are three ways. The application closes: what waits goes first, then
 * Close, and the end is known when the link is gone. The peer is at fault: the
 * end is known at once, and Close goes before anything that waits. The link or
 * the peer is gone: there is nobody to talk to. The first end stands [PW-CLS-9].
 */
export class Ending {
  readonly #closeTimeoutMs: number;
  readonly #linkActions: LinkAction[] = [];
  #end: ConnectionEnd | undefined;
  #closing: { readonly close: Close } | undefined;
  #toSay: Close | undefined;
  #silenced = false;
  #linkGone = false;
  #aborted = false;
  /** When closing began, or the end was known: the link's time runs from here. */
  #since = 0;

  constructor(closeTimeoutMs: number) {
    this.#closeTimeoutMs = closeTimeoutMs;
  }

  get end(): ConnectionEnd | undefined {
    return this.#end;
  }

  /** When the end was known: monotonic ms; undefined while it is not. */
  get endedAt(): number | undefined {
    return this.#end === undefined ? undefined : this.#since;
  }

  /** The application has closed and the end is not known yet. */
  get isClosing(): boolean {
    return this.#closing !== undefined && this.#end === undefined;
  }

  /** Nothing may be sent any more: Close was sent or received, or there is no link [PW-CLS-2, PW-CLS-3]. */
  get isSilenced(): boolean {
    return this.#silenced || this.#linkGone || this.#aborted;
  }

  /** A Close waits to be sent. */
  get hasClose(): boolean {
    return this.#toSay !== undefined;
  }

  /** The application closes. */
  close(reason: CloseReason, now: number): void {
    const close = resolveClose(reason);
    if (this.#end !== undefined || this.#closing !== undefined) return;
    this.#closing = { close };
    this.#toSay = close;
    this.#since = now;
  }

  /** The connection ends now, and `close` tells the peer why, if it can still be told anything. */
  say(close: Close, end: ConnectionEnd, now: number): void {
    if (this.#end !== undefined) return;
    if (!this.#silenced) this.#toSay = { ...close, reason: cut(close.reason) };
    this.#finish(end, now);
  }

  /** The connection ends now and waits for nobody; only what {@link say} said before has its chance. */
  abort(end: ConnectionEnd, action: Omit<LinkAction, "action">, now: number): void {
    if (!this.#linkGone) {
      this.#linkActions.length = 0;
      this.#linkActions.push({ action: "abort", ...action });
    }
    if (this.#end === undefined) this.#toSay = undefined;
    this.#finish(end, now);
  }

  /** The peer's Close came [PW-CLS-3]. */
  heard(close: Close, now: number): void {
    this.#toSay = undefined;
    this.#silenced = true;
    this.#linkActions.push({ action: "close", code: CloseCode.NORMAL, reason: "" });
    // Both closed at once: ours was first here.
    if (this.isClosing) this.#finishClosing(now);
    this.#finish(
      {
        kind: "closed",
        by: "remote",
        code: close.code === 0 ? CloseCode.NORMAL : close.code, // PW-CLS-5
        reason: close.reason,
        ...(close.retryAfterMs === undefined ? {} : { retryAfterMs: close.retryAfterMs }),
      },
      now,
    );
  }

  /** The link is gone. */
  linkClosed(how: LinkClosed, now: number): void {
    this.#linkGone = true;
    if (this.isClosing) this.#finishClosing(now);
    switch (how.kind) {
      case "peer-closed":
        this.#finish({ kind: "peer-closed" }, now); // PW-CLS-4
        break;
      case "peer-close-code":
        this.heard({ code: how.code, reason: how.reason }, now);
        this.#linkActions.length = 0;
        break;
      case "lost":
        this.#finish({ kind: "link-lost", cause: how.cause }, now);
        break;
      case "local":
        this.#finish({ kind: "aborted", reason: undefined }, now);
        break;
    }
  }

  /** Takes the Close that is to be sent now. */
  takeClose(): Close | undefined {
    const close = this.#toSay;
    if (close === undefined || this.isSilenced) return undefined;
    this.#toSay = undefined;
    this.#silenced = true; // PW-CLS-2
    // A link that is to be aborted is not asked to close as well.
    if (this.#linkActions.length === 0) {
      this.#linkActions.push({ action: "close", code: close.code, reason: close.reason });
    }
    return close;
  }

  /** What the link is to do next. */
  takeLinkAction(): LinkAction | undefined {
    const action = this.#linkActions.shift();
    if (action?.action === "abort") this.#aborted = true;
    return action;
  }

  /**
   * When the link has to be gone [PW-CLS-8]: `closeTimeoutMs` after closing
   * began, or after the transport last took something of what still waits.
   */
  deadline(progressAt: number): number | undefined {
    const ending = this.#closing !== undefined || this.#end !== undefined;
    if (!ending || this.#linkGone || this.#aborted) return undefined;
    return Math.max(this.#since, progressAt) + this.#closeTimeoutMs;
  }

  /** The deadline has passed. */
  giveUp(now: number): void {
    this.#toSay = undefined;
    this.#aborted = true;
    this.#linkActions.push({ action: "abort", code: CloseCode.NORMAL, reason: "" });
    this.#finishClosing(now);
  }

  #finishClosing(now: number): void {
    if (this.#closing === undefined) return;
    const { code, reason, retryAfterMs } = this.#closing.close;
    this.#finish(
      {
        kind: "closed",
        by: "local",
        code,
        reason,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      },
      now,
    );
  }

  #finish(end: ConnectionEnd, now: number): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#since = now;
  }
}

/**
 * The Close that an application asks for.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function resolveClose(reason: CloseReason): Close {
  if (typeof reason !== "object" || reason === null) {
    const example = 'such as { code: 1, reason: "done" }';
    throw new PulsewireError("PW_CONFIG", `close takes an object, ${example}; got ${reason}`);
  }
  const { code = CloseCode.NORMAL, retryAfterMs, reason: text = "" } = reason;
  if (typeof text !== "string") {
    throw new PulsewireError("PW_CONFIG", `reason of a close must be a string; got ${typeof text}`);
  }
  requireWhole("code", code, 1, CODE_MAX);
  if (retryAfterMs !== undefined) requireWhole("retryAfterMs", retryAfterMs, 0, UINT32_MAX);
  return { code, reason: cut(text), retryAfterMs };
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new PulsewireError(
    "PW_CONFIG",
    `${name} of a close must be a whole number from ${least} to ${most}; got ${value}`,
  );
}

/**
 * At most 512 octets of UTF-8 [PW-CLS-6]; there is no encoder in here to count them. Half of a
 * surrogate pair, which cutting a text leaves, has no UTF-8, and would make the Close malformed.
 */
function cut(reason: string): string {
  const text = reason.replace(/\p{Surrogate}/gu, "\ufffd");
  let octets = 0;
  let kept = 0;
  for (const character of text) {
    octets += utf8Length(character.codePointAt(0) ?? 0);
    if (octets > REASON_LIMIT_BYTES) return `${text.slice(0, kept)}…`;
    // The ellipsis takes three octets, if it comes to that.
    if (octets <= REASON_LIMIT_BYTES - 3) kept += character.length;
  }
  return text;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
