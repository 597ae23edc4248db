/**
 * The reference peer's state machine: the protocol as this suite reads it.
 *
 * It has no socket and no clock. Its host calls the `handle` and command
 * methods with the time, then does what {@link ReferenceConnection.poll} says
 * and comes back at {@link ReferenceConnection.nextTimeout}. It shares no code
 * with the SDK, so that where the two differ the specification has to decide.
 */

import type { DecodedFrame } from "../model.ts";
import { dataOf, decodeFrame } from "../wire/decode.ts";
import { encodeFrame, type HeartbeatSpec } from "../wire/encode.ts";
import { Adoption, type Change } from "./adoption.ts";
import { Assembly } from "./assembly.ts";
import type { Leak } from "./leak.ts";
import { Liveness } from "./liveness.ts";
import type { Mutant } from "./mutants.ts";
import { CEILING_MS, type ReferenceOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { AnswerPacer, HeartbeatBudget } from "./pacing.ts";
import { RoundTrip } from "./round-trip.ts";

export const Code = {
  NORMAL: 1,
  HEARTBEAT_TIMEOUT: 3,
  PROTOCOL_ERROR: 4,
  UNSUPPORTED_VERSION: 5,
  FRAME_TOO_LARGE: 6,
  MESSAGE_TOO_LARGE: 7,
  TOO_MANY_HEARTBEATS: 8,
  FIRST_FRAME_TIMEOUT: 9,
  OUTBOUND_BLOCKED: 11,
  INTERNAL_ERROR: 13,
} as const;

const VERSION = 1;
const MAX_REASON_BYTES = 512;
const NO_DATA = new Uint8Array(0);
/** How long the transport may take nothing of what goes before our Close, and the peer to close after it [PW-CLS-8], in milliseconds. */
export const CLOSE_TIMEOUT_MS = 2_000;
const BURST = 600;
const BEATS_PER_SECOND = 40;

/** What the host has to do, in order. */
export type Output =
  | { readonly kind: "send"; readonly frame: Uint8Array }
  | { readonly kind: "message"; readonly message: Uint8Array }
  /** Close the transport, with the code that stands for this one; undefined without one. */
  | { readonly kind: "end"; readonly code: number | undefined; readonly abort: boolean };

export class ReferenceConnection {
  readonly #options: ReferenceOptions;
  readonly #random: () => number;
  readonly #leak: Leak;
  readonly #adoption: Adoption;
  readonly #roundTrip: RoundTrip;
  readonly #outputs: Output[] = [];
  readonly #outbox: Outbox;
  readonly #answers = new AnswerPacer();
  readonly #assembly: Assembly;
  readonly #budget: HeartbeatBudget;
  readonly #liveness: Liveness;
  /** When the last data went out. */
  #lastDataAt = Number.NEGATIVE_INFINITY;
  #nextBeatAt: number | undefined;
  #lowestHeard: number | undefined;
  #firstOctetAt: number | undefined;
  #firstFrameSeen = false;
  #closing: { readonly code: number; readonly reason: string | undefined } | undefined;
  /** Since when the transport has taken nothing of what goes before our Close. */
  #closingSince = 0;
  #ended = false;
  #silenced = false;
  #wantsProbe = false;
  #wantsAnswer = false;
  #blockedSince: number | undefined;

  /** `random` gives numbers in [0, 1). */
  constructor(options: ReferenceOptions, now: number, random: () => number, leak: Leak = {}) {
    this.#options = options;
    this.#random = random;
    this.#leak = leak;
    this.#adoption = new Adoption(options, leak);
    this.#roundTrip = new RoundTrip(options.mutant);
    this.#outbox = new Outbox(options.mutant);
    this.#liveness = new Liveness(options, now, leak);
    const assembly = new Assembly(options);
    const budget = new HeartbeatBudget(
      this.#is("tight-rate-limit") ? 10 : BURST,
      this.#is("low-sustained-rate") ? BEATS_PER_SECOND / 2 : BEATS_PER_SECOND,
    );
    leak.assembly ??= assembly;
    leak.budget ??= budget;
    this.#assembly = this.#is("message-leaks") ? leak.assembly : assembly;
    this.#budget = this.#is("budget-leaks") ? leak.budget : budget;
    if (this.#is("first-frame-from-open")) this.#firstOctetAt = now;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The connection is open, with this much to send already [PW-SND-1]. */
  handleOpen(now: number, waiting: readonly Uint8Array[]): void {
    for (const message of waiting) this.#outbox.addMessage(message);
    if (this.#is("hang-up-at-once")) this.#finish(undefined, false);
    if (this.#is("timer-leaks")) this.#scheduleBeat(now);
    if (this.#adoption.effective === undefined) return;
    const replaced = this.#is("stream-replaces-first") && this.#outbox.hasData;
    if (!this.#is("first-beat-late") && !replaced) this.#outbox.wantHeartbeat();
    this.#scheduleBeat(now);
  }

  /** Octets arrived that belong to a frame; `pendingBytes` of one that is not complete. */
  handleOctets(pendingBytes: number, now: number): void {
    if (this.#ended) return;
    const countsWholeFrames =
      this.#is("whole-frames-only") ||
      this.#is("counts-only-heartbeats") ||
      this.#is("unknown-is-no-life");
    if (!countsWholeFrames) this.#liveness.life(now);
    if (pendingBytes > 0 && !this.#firstFrameSeen) this.#firstOctetAt ??= now;
  }

  /** A frame has begun [PW-LIM-1]. */
  handleAnnounced(length: number): void {
    if (this.#ended || this.#is("no-frame-cap") || this.#is("cap-after-reading")) return;
    this.#checkFrameLength(length);
  }

  /** The octets make no frames. */
  handleNonsense(): void {
    if (!this.#ended && !this.#is("ignores-malformed")) this.#fail(Code.PROTOCOL_ERROR);
  }

  /** The transport's own ping: not life [PW-LIV-2]. */
  handlePing(now: number): void {
    if (this.#is("ping-is-life")) this.#liveness.life(now);
  }

  handleFrame(octets: Uint8Array, now: number): void {
    if (this.#ended) return;
    this.#firstFrameSeen = true;
    if (this.#is("hang-up-on-frame")) {
      this.#finish(undefined, false);
      return;
    }
    if (this.#is("cap-after-reading") && this.#checkFrameLength(octets.length)) return;
    const frame = decodeFrame(octets);
    this.#countLife(frame, now);
    if (this.#is("counts-all-frames") && !this.#budget.take(now)) {
      this.#fail(Code.TOO_MANY_HEARTBEATS);
      return;
    }
    if (this.#is("received-postpones-beat")) this.#scheduleBeat(now);
    if (this.#is("any-bytes-activate"))
      this.#announce(this.#adoption.take(this.#options.floorMs), now);
    if (this.#rejects(frame, octets)) return;
    if (frame.heartbeat !== undefined) this.#onHeartbeat(frame.heartbeat, now);
    else if (frame.data !== undefined) this.#onData(octets, frame.more === true);
    else if (frame.close !== undefined && !this.#isOdd(octets)) this.#onClose(frame.close.code);
    else if (this.#is("ends-on-unknown-body")) this.#fail(Code.PROTOCOL_ERROR);
  }

  /** A Close that this mutant would not write: of anything but a known code alone. */
  #isOdd(octets: Uint8Array): boolean {
    return this.#is("goes-on-after-odd-close") && octets.length !== 6;
  }

  /** The peer ended its direction [PW-CLS-4]. */
  handlePeerEnd(): void {
    if (this.#ended || this.#is("ignores-half-close") || this.#is("ignores-transport-end")) return;
    this.#finish(Code.NORMAL, false);
  }

  handleGone(): void {
    this.#ended = true;
    this.#outbox.clear();
  }

  handlePause(now: number): void {
    this.#budget.paused(now);
    this.#liveness.paused(now);
  }

  /** The machine was suspended [PW-CLK-5]: ask at once, and give the peer slack from now. */
  handleSuspend(ms: number, now: number): void {
    if (this.#is("wall-deadlines")) this.#liveness.skip(ms);
    if (this.#ended || this.#is("ignores-suspend") || this.#is("wall-deadlines")) return;
    if (this.#adoption.effective === undefined && !this.#is("suspend-probes-passive")) return;
    this.#wantsProbe = true;
    this.#outbox.wantHeartbeat();
    this.#liveness.suspended(this.#adoption.effective, now);
  }

  handleResume(now: number): void {
    if (!this.#is("no-pause-credit")) this.#budget.resumed(now);
    this.#liveness.resumed(now);
  }

  sendMessage(message: Uint8Array): void {
    const mayGo = !this.#ended || this.#is("finishes-sending");
    if (mayGo && this.#closing === undefined) this.#outbox.addMessage(message);
  }

  /** The application closes: what it sent before goes first [PW-CLS-8]. */
  close(code: number, reason: string | undefined, now: number): void {
    if (this.#ended || this.#closing !== undefined) return;
    if (this.#is("close-drops-data")) this.#outbox.clear();
    this.#closing = { code, reason };
    this.#closingSince = now;
  }

  handleTimeout(now: number): void {
    if (this.#ended && !this.#is("sends-after-close")) return;
    if (this.#nextBeatAt !== undefined && now >= this.#nextBeatAt) {
      this.#outbox.wantHeartbeat();
      this.#scheduleBeat(now);
    }
    const answerAt = this.#answers.dueAt;
    if (answerAt !== undefined && now >= answerAt + this.#answerDelay) {
      this.#wantsAnswer = true;
      this.#outbox.wantHeartbeat();
      this.#answers.answered(now);
    }
    if (this.#ended) return;
    const firstBy = this.#firstFrameBy();
    if (firstBy !== undefined && now >= firstBy) {
      this.#fail(Code.FIRST_FRAME_TIMEOUT);
      return;
    }
    if (this.#blockedSince !== undefined && now >= this.#blockedSince + this.#blockedLimit()) {
      this.#finish(undefined, true);
      return;
    }
    const goneBy = this.#goneBy();
    if (goneBy !== undefined && now >= goneBy) {
      this.#finish(undefined, true);
      return;
    }
    const judgement = this.#liveness.judge(this.#adoption.effective, now);
    if (judgement === "down") this.#fail(Code.HEARTBEAT_TIMEOUT);
    if (judgement === "probe") {
      this.#wantsProbe = true;
      this.#outbox.wantHeartbeat();
    }
  }

  /** When {@link handleTimeout} has something to do. */
  nextTimeout(): number | undefined {
    if (this.#ended && !this.#is("sends-after-close")) return undefined;
    const answerAt = this.#answers.dueAt;
    const blocked = this.#blockedSince;
    const times = [
      this.#nextBeatAt,
      answerAt === undefined ? undefined : answerAt + this.#answerDelay,
      this.#firstFrameBy(),
      this.#goneBy(),
      blocked === undefined ? undefined : blocked + this.#blockedLimit(),
      this.#liveness.nextAt(this.#adoption.effective),
    ].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * The next thing to do. `accepts`: the transport takes frames now.
   * `progress`: it took octets since the last call [PW-OUT-2].
   */
  poll(now: number, accepts: boolean, progress: boolean): Output | undefined {
    const ready = this.#outputs.shift();
    if (ready !== undefined) return ready;
    if (this.#is("silent")) return undefined;
    this.#noteBlocking(now, accepts, progress);
    if (accepts || progress) this.#closingSince = now;
    if (!accepts || this.#silenced) return undefined;
    const next = this.#outbox.next();
    if (next !== undefined) {
      const isBeat = next === "heartbeat";
      if (!isBeat) this.#lastDataAt = now;
      if (
        isBeat ||
        (!this.#options.alwaysBeat && !this.#is("always-beats")) ||
        this.#is("never-always")
      )
        this.#transmitted(now);
      return { kind: "send", frame: this.#vary(isBeat ? this.#heartbeat(now) : next) };
    }
    if (this.#closing !== undefined && !this.#ended) {
      this.#fail(this.#closing.code, this.#closing.reason);
      return this.#outputs.shift();
    }
    return undefined;
  }

  /** Since when the transport takes nothing although a heartbeat waits [PW-OUT-1]. */
  #noteBlocking(now: number, accepts: boolean, progress: boolean): void {
    if (this.#is("impatient-writer")) {
      this.#blockedSince = this.#outbox.isEmpty ? undefined : (this.#blockedSince ?? now);
    } else if (accepts || !this.#outbox.heartbeatWaits || this.#is("never-blocked")) {
      this.#blockedSince = undefined;
    } else if (progress || this.#blockedSince === undefined) {
      this.#blockedSince = now;
    }
  }

  get #answerDelay(): number {
    return this.#is("late-answer") ? 400 : 0;
  }

  #is(mutant: Mutant): boolean {
    return this.#options.mutant === mutant;
  }

  #countLife(frame: DecodedFrame, now: number): void {
    this.#liveness.frameSeen();
    if (this.#is("counts-only-heartbeats") && frame.heartbeat === undefined) return;
    if (this.#is("unknown-is-no-life") && (frame.body === "unknown" || frame.body === "none"))
      return;
    this.#liveness.life(now);
  }

  /** Ends the connection if the frame must not be acted on; true if it must not. */
  #rejects(frame: DecodedFrame, octets: Uint8Array): boolean {
    if (frame.body === "malformed") {
      const forgiven =
        (frame.problem?.includes("version") && this.#is("ignores-version-zero")) ||
        this.#is("goes-on-after-odd-close");
      if (!forgiven && !this.#is("ignores-malformed")) this.#fail(Code.PROTOCOL_ERROR);
      return true;
    }
    if (this.#is("rejects-unknown-fields") && hasUnknownFields(octets)) {
      this.#fail(Code.PROTOCOL_ERROR);
      return true;
    }
    const lowest = frame.heartbeat?.lowestVersion;
    if (lowest !== 0 || this.#is("lowest-zero-counts")) this.#lowestHeard ??= lowest; // PW-VER-2
    const version = frame.version ?? 0;
    if (version <= VERSION || this.#is("ignores-version")) return false;
    if (frame.close !== undefined && !this.#is("close-needs-version")) return false;
    const overlaps = (this.#lowestHeard ?? version) <= VERSION;
    if (overlaps && !this.#is("rejects-higher-version")) return false;
    this.#fail(Code.UNSUPPORTED_VERSION);
    return true;
  }

  #onHeartbeat(beat: NonNullable<DecodedFrame["heartbeat"]>, now: number): void {
    if (!this.#is("no-rate-limit") && !this.#is("counts-all-frames") && !this.#budget.take(now)) {
      this.#fail(Code.TOO_MANY_HEARTBEATS);
      return;
    }
    this.#roundTrip.hear(beat.timestamp, now);
    if (this.#is("trusts-round-trips")) this.#liveness.stretch(roundTripMs(beat, now));
    if (this.#is("heartbeat-breaks-message")) this.#assembly.forget();
    if (this.#is("more-on-any-body") && this.#assembly.bytes > 0) this.#onData(NO_DATA, false);
    const time = this.#adoption.clamp(beat.heartbeatTimeMs);
    if (time > 0) this.#liveness.promised(time, now);
    else if (this.#is("absent-clears-promise")) this.#liveness.forgetPromise();
    this.#announce(this.#adoption.hear(beat.heartbeatTimeMs), now);
    if (this.#is("echo-one-for-one")) this.#outbox.wantHeartbeat();
    if (beat.replyRequested === true) this.#onProbe(now);
  }

  #onProbe(now: number): void {
    if (this.#is("no-answer")) return;
    if (this.#is("probe-activates"))
      this.#announce(this.#adoption.take(this.#options.floorMs), now);
    if (this.#is("drops-probes") && this.#answers.isResting(now)) return;
    if (this.#is("unbounded-answers")) {
      this.#outputs.push({ kind: "send", frame: this.#heartbeat(now) });
      return;
    }
    this.#answers.probed(now);
    if (!this.#answers.isResting(now)) this.handleTimeout(now);
  }

  /** A change of *E* is announced, and data does not stand for that [PW-SND-2]. */
  #announce(change: Change, now: number): void {
    if (change === undefined) return;
    if (change === "stopped") {
      this.#nextBeatAt = undefined;
      return;
    }
    const replaced = this.#is("stream-replaces-announcement") && this.#isStreaming(now);
    const late = this.#is("late-announcement") || this.#is("announces-at-half");
    if (!late && !replaced) this.#outbox.wantHeartbeat();
    this.#scheduleBeat(now);
    if (this.#is("announces-at-half")) this.#nextBeatAt = now + (this.#adoption.effective ?? 0) / 2;
  }

  #isStreaming(now: number): boolean {
    return this.#outbox.hasData || now - this.#lastDataAt < 100;
  }

  #onData(octets: Uint8Array, more: boolean): void {
    const result = this.#assembly.add(dataOf(octets) ?? new Uint8Array(0), more);
    if (result === "too-large") this.#fail(Code.MESSAGE_TOO_LARGE);
    else if (result !== undefined) this.#outputs.push({ kind: "message", message: result });
  }

  #onClose(code: number): void {
    if (this.#is("ignores-close")) return;
    const isKnown = code >= 0 && code <= Code.INTERNAL_ERROR;
    if (this.#is("ignores-unknown-code") && !isKnown) return;
    if (this.#is("reads-after-close")) return;
    if (this.#is("sends-after-close") || this.#is("finishes-sending")) {
      this.#ended = true;
      return;
    }
    if (this.#is("answers-close")) this.#fail(Code.NORMAL);
    else this.#finish(code === 0 ? Code.NORMAL : code, false);
  }

  #checkFrameLength(length: number): boolean {
    const limit = this.#is("small-frame-cap") ? 65_536 : this.#options.maxFrameBytes;
    if (length <= limit) return false;
    this.#fail(Code.FRAME_TOO_LARGE);
    return true;
  }

  #firstFrameBy(): number | undefined {
    if (this.#firstFrameSeen || this.#firstOctetAt === undefined) return undefined;
    if (this.#is("no-first-frame-limit")) return undefined;
    return this.#firstOctetAt + this.#options.firstFrameTimeoutMs;
  }

  /** Our Close cannot wait for ever for what goes before it [PW-CLS-8]. */
  #goneBy(): number | undefined {
    if (this.#closing === undefined || this.#ended || this.#is("waits-for-ever")) return undefined;
    return this.#closingSince + CLOSE_TIMEOUT_MS;
  }

  /** The transport may take nothing for this long [PW-OUT-1]. */
  #blockedLimit(): number {
    const patience = this.#liveness.patience(this.#adoption.effective);
    return patience === undefined ? CEILING_MS : patience + this.#options.slackMs;
  }

  #transmitted(now: number): void {
    this.#scheduleBeat(now);
    if (this.#is("sent-postpones-deadline")) this.#liveness.life(now);
  }

  /** Between 0.75 E and E after the last transmission, early and never late [PW-SND-3 to 5]. */
  #scheduleBeat(now: number): void {
    const leaked = this.#is("timer-leaks") ? this.#leak.adopted : undefined;
    const effective = this.#adoption.effective ?? leaked;
    if (effective === undefined || this.#is("silent")) return;
    let share = this.#is("fixed-cadence") ? 0.9 : 0.75 + this.#random() * 0.2;
    if (this.#is("slow-cadence")) share = 1.5;
    if (this.#is("fast-cadence")) share = 0.5;
    if (this.#is("timer-per-beat")) share /= Math.max(1, this.#adoption.heard);
    let wait = effective * share;
    if (this.#is("fixed-period")) wait = 160;
    if (this.#is("coarse-timer")) wait = Math.ceil(wait / 250) * 250;
    this.#nextBeatAt = now + wait;
  }

  #heartbeat(now: number): Uint8Array {
    const probe = this.#wantsProbe;
    const answer = this.#wantsAnswer;
    this.#wantsProbe = false;
    this.#wantsAnswer = false;
    let time = this.#adoption.advertised;
    if (this.#is("passive-answers-with-time") && answer) time ??= this.#options.floorMs;
    const spec: HeartbeatSpec = {
      heartbeatTimeMs: time,
      replyRequested: probe || (answer && this.#is("asks-back")),
      ...this.#roundTrip.fields(now),
    };
    return encodeFrame({ heartbeat: spec });
  }

  /** Says why and ends [PW-CLS-1]. */
  #fail(reasonCode: number, reason?: string): void {
    const isOwn = this.#closing !== undefined;
    const code = this.#is("wrong-code") ? Code.INTERNAL_ERROR : reasonCode;
    const withRange = code === Code.UNSUPPORTED_VERSION && !this.#is("refuses-without-range");
    const frame = encodeFrame({
      close: {
        code,
        reason: reason === undefined ? undefined : this.#cutReason(reason),
        lowestVersion: withRange ? VERSION : undefined,
      },
    });
    const says = isOwn ? !this.#is("close-without-frame") : !this.#is("no-reason");
    if (says && !this.#is("silent")) this.#outputs.push({ kind: "send", frame: this.#vary(frame) });
    this.#finish(code, false);
  }

  #finish(code: number | undefined, abort: boolean): void {
    const rest = this.#is("delivers-unfinished") ? this.#assembly.rest() : undefined;
    if (rest !== undefined) this.#outputs.push({ kind: "message", message: rest });
    this.#ended = true;
    this.#silenced = !this.#is("sends-after-close");
    this.#outbox.clear();
    this.#answers.forget();
    if (this.#is("lingers")) return;
    this.#outputs.push({
      kind: "end",
      code: this.#is("wrong-map") ? Code.INTERNAL_ERROR : code,
      abort,
    });
  }

  #cutReason(reason: string): string {
    if (this.#is("long-reason")) return reason;
    let cut = reason;
    while (new TextEncoder().encode(cut).length > MAX_REASON_BYTES) cut = cut.slice(0, -1);
    return cut;
  }

  #vary(frame: Uint8Array): Uint8Array {
    if (!this.#is("version-zero")) return frame;
    const out = frame.slice();
    out[1] = 0;
    return out;
  }
}

/** What the peer's heartbeat makes of the round trip, in milliseconds, whatever that is. */
function roundTripMs(beat: NonNullable<DecodedFrame["heartbeat"]>, now: number): number {
  if (beat.echo === undefined) return 0;
  const age = (Math.floor(now * 1e3) - beat.echo) >>> 0;
  return Math.max(0, age - (beat.heldUs ?? 0)) / 1e3;
}

/** True if the frame or its heartbeat has a field beyond those of version 1. */
function hasUnknownFields(octets: Uint8Array): boolean {
  // Field numbers from 16 up need a tag of two octets or more, as none of ours does.
  return octets.some((octet, index) => octet >= 0x80 && octets[index + 1] === 0x38);
}
