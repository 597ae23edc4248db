import { adopt, readHeartbeatTime } from "./adoption.ts";
import { MessageAssembler } from "./assembler.ts";
import { Cadence } from "./cadence.ts";
import { CloseCode } from "./close-code.ts";
import { encodeFrame } from "./codec.ts";
import { type ConnectionConfig, type ResolvedConfig, resolveConfig } from "./config.ts";
import type { ConnectionEnd } from "./end.ts";
import { type CloseReason, Ending, type LinkAction, type LinkClosed } from "./ending.ts";
import { PulsewireError } from "./errors.ts";
import { EventQueue } from "./event-queue.ts";
import type { ConnectionEvent } from "./events.ts";
import { FirstFrameLimit } from "./first-frame.ts";
import { FrameCodec } from "./frame-codec.ts";
import { type FrameParts, joinParts } from "./frame-parts.ts";
import { ABSENT, type HeartbeatFields, orUndefined } from "./heartbeat-codec.ts";
import { IdleLimit } from "./idle.ts";
import { OutboundLimit } from "./outbound.ts";
import { MAX_DATA_PER_FRAME_BYTES, Outbox } from "./outbox.ts";
import { HeartbeatRateLimit } from "./rate-limit.ts";
import { RttEstimator } from "./rtt.ts";
import { patience, SilenceClock, type SilenceLimits } from "./silence.ts";
import { SPOKEN, VersionAgreement } from "./version.ts";

/**
 * Four full frames: written one by one, each 64 KiB took half as long again, and its receiver a read
 * more for the few octets by which a full frame is longer than what Node reads at once.
 */
const FULL_BATCH_BYTES = 4 * MAX_DATA_PER_FRAME_BYTES;

/**
 * - `new`: before {@link Connection.open}.
 * - `open`; `suspect`: open, and silent for longer than it should be.
 * - `closing`: this side was told to close and still sends what waits.
 * - `ended`.
 */
export type ConnectionState = "new" | "open" | "suspect" | "closing" | "ended";

/**
 * One side of one Pulsewire connection: the protocol, and nothing else.
 *
 * There is no IO, no clock and no timer in here. It has four kinds of methods:
 * getters; inputs (`handle*`), for what the network and the clock bring;
 * commands, for what the application wants; and outputs (`poll*`). After every
 * input and every command poll the outputs, each until it is undefined, in the
 * order {@link pollTransmit} (only while the transport takes frames),
 * {@link pollLinkAction}, {@link pollEvent}, {@link pollTimeout}. Many inputs of
 * one moment may come before that.
 *
 * `now` is always last: monotonic milliseconds from any origin. It must not run
 * backwards; equal values are harmless.
 *
 * What a peer sends never throws: it becomes the {@link ConnectionEnd}.
 */
export class Connection {
  readonly #config: ResolvedConfig;
  readonly #random: () => number;
  readonly #codec: FrameCodec;
  readonly #events = new EventQueue();
  readonly #outbound = new OutboundLimit();
  readonly #rateLimit: HeartbeatRateLimit;
  readonly #rtt = new RttEstimator();
  readonly #version = new VersionAgreement();
  /** E and P among them; replaced when one of them changes. */
  #limits: SilenceLimits;
  /** The two clocks [PW-SND-7]; both start at the opening. */
  #silence: SilenceClock | undefined;
  #cadence: Cadence | undefined;
  // What most connections need never, or not for long, is made when it is needed: with thousands of
  // them, what each one holds is what counts.
  #firstFrame: FirstFrameLimit | undefined;
  readonly #idle: IdleLimit | undefined;
  #assembler: MessageAssembler | undefined;
  #outbox: Outbox | undefined;
  #ending: Ending | undefined;
  #endTold = false;

  /**
   * @param config see {@link ConnectionConfig}; every option has a default. What `resolveConfig`
   *   made of it serves many connections.
   * @param random uniform in [0, 1), for the jitter of heartbeats [PW-SND-5].
   * @param codec one for many connections spares each of them the memory of its own, the default.
   * @throws PulsewireError `PW_CONFIG`.
   */
  constructor(
    config: ConnectionConfig | ResolvedConfig | undefined,
    random: () => number,
    codec: FrameCodec = new FrameCodec(),
  ) {
    this.#config = resolveConfig(config);
    this.#random = random;
    this.#codec = codec;
    const { heartbeatTimeMs, heartbeatSlackTimeMs, confirmDown, idleTimeoutMs } = this.#config;
    this.#limits = {
      own: heartbeatTimeMs, // PW-ADP-1
      promised: undefined,
      slack: heartbeatSlackTimeMs,
      confirm: confirmDown,
    };
    this.#rateLimit = new HeartbeatRateLimit(this.#config.maxHeartbeatsPerSecond);
    this.#idle = idleTimeoutMs === undefined ? undefined : new IdleLimit(idleTimeoutMs);
  }

  // --- getters ---------------------------------------------------------------

  get state(): ConnectionState {
    if (this.end !== undefined) return "ended";
    if (this.#silence === undefined) return "new";
    if (this.#isClosing) return "closing";
    return this.#silence.isSuspect ? "suspect" : "open";
  }

  /** The limits and times in force, defaults in place. */
  get config(): ResolvedConfig {
    return this.#config;
  }

  /** E, in ms; undefined while passive. */
  get heartbeatTimeMs(): number | undefined {
    return this.#limits.own;
  }

  /** P, in ms; undefined until the peer promises something. */
  get peerHeartbeatTimeMs(): number | undefined {
    return this.#limits.promised;
  }

  /** Smoothed round-trip time in ms; undefined until one was measured. */
  get rttMs(): number | undefined {
    return this.#rtt.smoothedMs;
  }

  /** The version frames are written in: the highest spoken, then the agreed one [PW-VER-4]. */
  get version(): number {
    return this.#version.current;
  }

  /** How it ended; undefined while it has not. */
  get end(): ConnectionEnd | undefined {
    return this.#ending?.end;
  }

  /** Octets of application data that wait to be sent. */
  get unsentBytes(): number {
    return this.#outbox?.bytes ?? 0;
  }

  /** Messages that wait to be sent. */
  get unsentMessages(): number {
    return this.#outbox?.length ?? 0;
  }

  /** What waits to be sent comes to this as frames, delimiters included, in octets at most. */
  get unsentFrameBytes(): number {
    return this.#outbox?.frameBytes ?? 0;
  }

  /**
   * So much waits that there is nothing to be won by waiting for more: a write
   * of 256 KiB, or all that this side is ready to keep.
   */
  get hasFullBatch(): boolean {
    if (this.#outbox === undefined) return false;
    const { frameBytes, cost } = this.#outbox;
    return frameBytes >= FULL_BATCH_BYTES || cost >= this.#config.maxUnsentBytes;
  }

  /** Application data waits to be sent, be it an empty message. */
  get hasUnsentData(): boolean {
    return this.#outbox?.isEmpty === false;
  }

  /**
   * The number of the extension that the application is asked for; undefined
   * while there is no question that waits for {@link confirm}.
   */
  get confirming(): number | undefined {
    return this.#isLive ? this.#silence?.confirming : undefined;
  }

  /**
   * Something waits for the transport: before {@link handleTimeout} the driver
   * then looks whether the transport took anything [PW-OUT-2].
   */
  get isWaitingToSend(): boolean {
    return (
      this.hasUnsentData || this.#ending?.hasClose === true || this.#cadence?.isWaiting === true
    );
  }

  /**
   * Milliseconds since the peer's last octet, or since the opening if there was
   * none, pauses of this side's own reading left out. 0 before the opening;
   * from the end on what it was then.
   */
  silentForMs(now: number): number {
    return this.#silence?.silentForMs(this.#ending?.endedAt ?? now) ?? 0;
  }

  // --- inputs ----------------------------------------------------------------

  /** A whole frame arrived. */
  handleFrame(octets: Uint8Array, now: number): void {
    this.handleFrameWithin(octets, 0, octets.length, now);
  }

  /**
   * {@link handleFrame} of a frame that is `octets` from `from` up to `to`, for
   * who reads many at once: a view of each frame beside that of its message
   * would be a tenth of what receiving a small message costs.
   */
  handleFrameWithin(octets: Uint8Array, from: number, to: number, now: number): void {
    if (!this.#handleLife(now)) return;
    this.#firstFrame = undefined;
    this.#idle?.frame();
    const { maxFrameBytes } = this.#config;
    if (to - from > maxFrameBytes) {
      const detail = `a frame of ${to - from} octets; the limit is ${maxFrameBytes}`;
      this.#fail(CloseCode.FRAME_TOO_LARGE, detail, now); // PW-LIM-1
      return;
    }
    const codec = this.#codec;
    const body = codec.read(octets, from, to);
    if (body === "malformed") {
      this.#fail(CloseCode.PROTOCOL_ERROR, codec.problem, now); // PW-FRM-3
      return;
    }
    if (body === "close") {
      this.#toEnd().heard(codec.close, now); // whatever its version: PW-VER-6
      this.#settle();
      return;
    }
    const named = body === "heartbeat" ? orUndefined(codec.heartbeat.lowestVersion) : undefined;
    if (!this.#handleVersion(codec.version, named, now)) return;
    // An unknown body was life, and nothing else [PW-FRM-4].
    if (body === "heartbeat") this.#handleHeartbeat(codec.heartbeat, now);
    else if (body === "data") this.#handleData(codec.data(octets), codec.more, now);
    // What arrives makes no heartbeat due [PW-SND-10]; but it wakes a side whose timers sleep, such
    // as a hidden browser tab, and then what is due goes out.
    this.#cadence?.advance(now);
  }

  /** Octets arrived that are no whole frame yet [PW-LIV-1]. */
  handleOctets(now: number): void {
    if (this.#handleLife(now)) this.#idle?.part(now); // PW-CLS-13
  }

  /** The binding found that the peer broke one of its rules: the connection ends with `code`. */
  handleViolation(code: number, detail: string, now: number): void {
    if (this.#handleLife(now)) this.#fail(code, detail, now);
  }

  /**
   * Time has passed; early calls are harmless. Before it, read what the
   * transport holds [PW-CLK-2] and report what it took ({@link handleProgress}).
   */
  handleTimeout(now: number): void {
    if (this.#silence === undefined) return;
    const goneBy = this.#ending?.deadline(this.#outbound.progressAt);
    if (goneBy !== undefined && now >= goneBy) this.#ending?.giveUp(now); // PW-CLS-8
    if (this.#isLive) {
      this.#cadence?.advance(now);
      this.#judgeSilence(this.#silence, now);
      this.#judgeFirstFrame(now);
      this.#judgeOutbound(now);
      this.#judgeIdle(now);
    }
    this.#settle();
  }

  /** The transport took some of what this side gave it [PW-OUT-2]. */
  handleProgress(now: number): void {
    this.#outbound.progress(now);
  }

  /**
   * The transport took the last frame polled and is full: what it holds waits to
   * be sent, and nothing is polled before {@link handleDrain} [PW-CLS-13].
   */
  handleFull(): void {
    this.#idle?.full();
  }

  /** The transport has taken what waited in it, and there is room again [PW-OUT-2]. */
  handleDrain(now: number): void {
    this.handleProgress(now);
    this.#idle?.drained(now);
  }

  /** This side stopped reading from the transport: silence is not charged [PW-LIV-9]. */
  handlePause(now: number): void {
    if (this.#silence === undefined || this.end !== undefined) return;
    this.#silence.pause(now);
    this.#idle?.pause(now); // PW-CLS-13
  }

  /** This side reads from the transport again. */
  handleResume(now: number): void {
    if (this.end !== undefined) return;
    const pausedForMs = this.#silence?.resume(now) ?? 0;
    this.#idle?.resume(now);
    this.#rateLimit.paused(pausedForMs);
  }

  /** The machine was suspended and runs again [PW-CLK-5]. */
  handleSuspend(now: number): void {
    if (this.#silence === undefined || this.end !== undefined) return;
    this.#silence.suspended(this.#limits, now);
    this.#events.push({ type: "suspended" });
    if (this.#limits.own !== undefined) this.#cadence?.wantProbe(now);
  }

  /** The link is gone; the last input. */
  handleLinkClosed(how: LinkClosed, now: number): void {
    this.#toEnd().linkClosed(how, now);
    this.#settle();
  }

  // --- commands --------------------------------------------------------------

  /**
   * The transport is established. Once, and before anything else.
   *
   * @throws PulsewireError `PW_CONFIG` the second time.
   */
  open(now: number): void {
    if (this.#silence !== undefined) {
      throw new PulsewireError(
        "PW_CONFIG",
        "open() was called twice; a Connection serves one link",
      );
    }
    this.#silence = new SilenceClock(now, this.#config.peerHeartbeats === "required");
    this.#cadence = new Cadence(this.#random, this.#config);
    this.#firstFrame = new FirstFrameLimit(this.#config.firstFrameTimeoutMs);
    this.#outbound.progress(now);
    this.#idle?.message(now);
    this.#events.push({ type: "open" });
    const { own } = this.#limits;
    if (own !== undefined) this.#cadence.announce("opening", own, now); // PW-SND-1
  }

  /**
   * Queues a message. Its octets are read when they are sent: leave them as
   * they are until then.
   *
   * @throws PulsewireError `PW_ENDED`, `PW_MESSAGE_TOO_LARGE`, `PW_UNSENT_LIMIT`;
   *   nothing is queued then.
   */
  sendData(data: Uint8Array, now: number): void {
    const { maxMessageBytes, maxUnsentBytes } = this.#config;
    if (this.state !== "open" && this.state !== "suspect") {
      throw new PulsewireError("PW_ENDED", `nothing can be sent: the connection is ${this.state}`, {
        end: this.end,
      });
    }
    if (data.length > maxMessageBytes) {
      throw new PulsewireError(
        "PW_MESSAGE_TOO_LARGE",
        `a message of ${data.length} octets; maxMessageBytes is ${maxMessageBytes}`,
      );
    }
    this.#outbox ??= new Outbox();
    if (this.#outbox.cost >= maxUnsentBytes) {
      throw new PulsewireError(
        "PW_UNSENT_LIMIT",
        `${this.#outbox.cost} octets wait, 64 a message included, and maxUnsentBytes is ${maxUnsentBytes}: wait until the peer has read (await session.drained()) before sending more`,
      );
    }
    if (!this.isWaitingToSend) this.#outbound.progress(now);
    this.#outbox.push(data);
    this.#idle?.message(now);
  }

  /**
   * Answers the question of a `confirming` event [PW-LIV-11]: can the peer still
   * be reached? Only an answer within `confirmDown.timeoutMs` counts, and one
   * that nobody waits for any more is ignored; but the answer to an old question
   * must be kept back while a new one is open, see {@link confirming}.
   */
  confirm(reachable: boolean, now: number): void {
    const extension = this.confirming;
    if (extension === undefined) return;
    if (this.#silence?.answer(reachable, this.#limits, now) !== true) return;
    this.#events.push({ type: "extended", extension, forMs: patience(this.#limits) });
    this.#cadence?.wantProbe(now); // PW-PRB-6
  }

  /** Asks the peer for a heartbeat now [PW-PRB-2]. Does nothing before the opening and after the end. */
  probe(now: number): void {
    if (this.end === undefined) this.#cadence?.wantProbe(now);
  }

  /**
   * Closes: what was sent goes out first, then Close, then the link goes. The
   * end is reported when the peer has closed too, or `closeTimeoutMs` later
   * [PW-CLS-8]. A second call does nothing.
   *
   * @throws PulsewireError `PW_CONFIG` for a code or a time out of range.
   */
  close(reason: CloseReason, now: number): void {
    this.#toEnd().close(reason, now);
  }

  /** Ends now, without a word to the peer. */
  abort(reason: unknown, now: number): void {
    const action = { code: CloseCode.GOING_AWAY, reason: "aborted" };
    this.#toEnd().abort({ kind: "aborted", reason }, action, now);
    this.#settle();
  }

  // --- outputs ---------------------------------------------------------------

  /**
   * The next frame to hand to the transport; call only while that takes frames.
   * Heartbeats come before waiting data, and Close after it [PW-SND-8, PW-CLS-8].
   */
  pollTransmit(now: number): Uint8Array | undefined {
    const frame = this.pollTransmitParts(now);
    return frame && joinParts(frame);
  }

  /** {@link pollTransmit} for a transport that can do without one copy of the data. */
  pollTransmitParts(now: number): FrameParts | undefined {
    if (this.#cadence === undefined || this.#ending?.isSilenced === true) return undefined;
    // After the end only the Close that says why may still go out.
    if (this.end === undefined) {
      const due = this.#cadence.take(now);
      if (due !== undefined) {
        if (due.replyRequested) this.#silence?.probed(now);
        this.#events.push({
          type: "heartbeat-sent",
          cause: due.cause,
          heartbeatTimeMs: this.#limits.own,
        });
        this.#outbound.progress(now);
        return { head: this.#heartbeat(due.replyRequested, now), data: undefined };
      }
      const frame = this.#outbox?.take(this.#version.current);
      if (frame !== undefined) {
        this.#cadence.dataTransmitted(now);
        this.#outbound.progress(now);
        this.#idle?.given(now);
        return frame;
      }
    }
    const close = this.#ending?.takeClose();
    if (close === undefined) return undefined;
    this.#outbound.progress(now);
    const head = encodeFrame({ version: this.#version.current, body: "close", close });
    return { head, data: undefined };
  }

  /** What the link is to do, after the frames polled before it. */
  pollLinkAction(): LinkAction | undefined {
    return this.#ending?.takeLinkAction();
  }

  /**
   * A message, for who would rather not have an event made of each: undefined if
   * none arrived, or if something happened before it, and then
   * {@link pollEvent} has both. To be asked after each frame.
   */
  pollMessage(): Uint8Array | undefined {
    return this.#events.takeMessage();
  }

  /** What happened, in order. */
  pollEvent(): ConnectionEvent | undefined {
    return this.#events.take();
  }

  /** When {@link handleTimeout} wants to be called: monotonic ms; undefined for never. */
  pollTimeout(): number | undefined {
    const silence = this.#silence;
    const cadence = this.#cadence;
    if (silence === undefined || cadence === undefined) return undefined;
    const goneBy = this.#ending?.deadline(this.#outbound.progressAt);
    if (!this.#isLive) return goneBy;
    // One after the other, most of them not there, and no list: it is asked with every frame.
    let at = Math.min(cadence.nextAt(), silence.nextAt(this.#limits));
    if (cadence.isWaiting) at = Math.min(at, this.#outboundBy() ?? at);
    if (this.#firstFrame !== undefined) at = Math.min(at, this.#firstFrame.deadline ?? at);
    if (this.#idle !== undefined) at = Math.min(at, this.#idleBy() ?? at);
    if (goneBy !== undefined) at = Math.min(at, goneBy);
    return at === Number.POSITIVE_INFINITY ? undefined : at;
  }

  // --- receiving -------------------------------------------------------------

  /** Any octet is life [PW-LIV-1]. False: ignore what came, there is no connection [PW-CLS-9]. */
  #handleLife(now: number): boolean {
    if (this.#silence === undefined || this.end !== undefined) return false;
    this.#firstFrame?.octet(now);
    const { indulgedSince } = this.#silence;
    if (indulgedSince !== undefined) {
      this.#outbound.forgive(this.#cadence?.waitingSince, indulgedSince, now);
    }
    const silentForMs = this.#silence.octet(now);
    if (silentForMs !== undefined) this.#events.push({ type: "recovered", silentForMs });
    return true;
  }

  #handleVersion(version: number, lowest: number | undefined, now: number): boolean {
    const peer = this.#version.hear(version, lowest);
    if (peer === undefined) return true;
    const close = {
      code: CloseCode.UNSUPPORTED_VERSION,
      reason: `this side speaks ${SPOKEN.lowest} to ${SPOKEN.highest}`,
      lowestVersion: SPOKEN.lowest,
    };
    this.#toEnd().say(close, { kind: "unsupported-version", peer }, now); // PW-VER-5
    this.#settle();
    return false;
  }

  #handleHeartbeat(fields: HeartbeatFields, now: number): void {
    if (!this.#rateLimit.take(now)) {
      this.#fail(CloseCode.TOO_MANY_HEARTBEATS, "heartbeats come too fast", now); // PW-LIM-3
      return;
    }
    const { timestamp, echo, heldUs, replyRequested } = fields;
    const heartbeatTimeMs = orUndefined(fields.heartbeatTimeMs);
    const rttMs =
      echo === ABSENT || heldUs === ABSENT
        ? undefined
        : this.#rtt.sample(echo, heldUs, now, patience(this.#limits));
    if (timestamp !== ABSENT) this.#rtt.heard(timestamp, now);
    this.#events.push({ type: "heartbeat-received", heartbeatTimeMs, replyRequested, rttMs });
    const received = readHeartbeatTime(heartbeatTimeMs);
    this.#silence?.heartbeat(received !== undefined, now);
    if (received !== undefined) {
      if (received !== this.#limits.promised) {
        this.#limits = { ...this.#limits, promised: received };
      }
      this.#adopt(received, now);
    }
    if (replyRequested) this.#cadence?.wantAnswer(now); // PW-PRB-2
  }

  #adopt(receivedMs: number, now: number): void {
    const previousMs = this.#limits.own;
    const heartbeatTimeMs = adopt(previousMs, receivedMs, this.#config.floorMs);
    if (heartbeatTimeMs === undefined || heartbeatTimeMs === previousMs) return; // PW-ADP-3
    this.#limits = { ...this.#limits, own: heartbeatTimeMs }; // PW-ADP-2
    this.#events.push({ type: "adopted", heartbeatTimeMs, previousMs, receivedMs });
    this.#cadence?.announce("announcement", heartbeatTimeMs, now); // PW-SND-2
  }

  #handleData(data: Uint8Array, more: boolean, now: number): void {
    this.#idle?.message(now);
    this.#assembler ??= new MessageAssembler(this.#config.maxMessageBytes);
    const message = this.#assembler.add(data, more);
    if (message === "incomplete") return;
    if (message === "too-large") {
      const detail = `a message exceeds ${this.#config.maxMessageBytes} octets`;
      this.#fail(CloseCode.MESSAGE_TOO_LARGE, detail, now); // PW-LIM-2
      return;
    }
    if (this.#isClosing) return;
    this.#events.pushMessage(message);
  }

  // --- judging ---------------------------------------------------------------

  #judgeSilence(silence: SilenceClock, now: number): void {
    const found = silence.judge(this.#limits, now);
    switch (found.verdict) {
      case "alive":
        break;
      case "suspect":
        this.#events.push({ type: "suspect", silentForMs: found.silentForMs });
        this.#cadence?.wantProbe(now); // PW-PRB-1
        break;
      case "pardoned":
        this.#events.push({ type: "pardoned", lateByMs: found.lateByMs });
        this.#cadence?.wantProbe(now); // PW-CLK-3
        break;
      case "confirm": {
        const { extension, evidence } = found;
        this.#events.push({ type: "confirming", extension, evidence }); // PW-LIV-11
        break;
      }
      case "down": {
        const reason = `silent for ${Math.round(found.evidence.silentForMs)} ms`;
        const close = { code: CloseCode.HEARTBEAT_TIMEOUT, reason };
        const end: ConnectionEnd = { kind: "peer-silent", evidence: found.evidence };
        // PW-LIV-6: the Close has its chance, and the peer is not waited for.
        this.#toEnd().say(close, end, now);
        this.#toEnd().abort(end, close, now);
        break;
      }
    }
  }

  #judgeFirstFrame(now: number): void {
    const by = this.#firstFrame?.deadline;
    if (by === undefined || now < by) return;
    const detail = `the first frame is not complete ${this.#config.firstFrameTimeoutMs} ms after its first octet`;
    this.#fail(CloseCode.FIRST_FRAME_TIMEOUT, detail, now); // PW-LIM-4
  }

  #judgeOutbound(now: number): void {
    const by = this.#outboundBy();
    if (by === undefined || now < by) return;
    const blockedForMs = now - by + patience(this.#limits);
    // A Close could only queue behind what is stuck.
    const action = { code: CloseCode.OUTBOUND_BLOCKED, reason: "the transport takes nothing" };
    this.#toEnd().abort({ kind: "outbound-blocked", blockedForMs }, action, now); // PW-OUT-1
  }

  #outboundBy(): number | undefined {
    const waitingSince = this.#cadence?.waitingSince;
    return this.#outbound.deadline(waitingSince, this.#silence?.indulgedSince, this.#limits);
  }

  #judgeIdle(now: number): void {
    const by = this.#idleBy();
    if (this.#idle === undefined || by === undefined || now < by) return;
    const idleForMs = this.#idle.idleForMs(now);
    const reason = `idle for ${Math.round(idleForMs)} ms`;
    this.#toEnd().say({ code: CloseCode.NORMAL, reason }, { kind: "idle", idleForMs }, now);
  }

  /** PW-CLS-13 */
  #idleBy(): number | undefined {
    return this.hasUnsentData || this.#isClosing ? undefined : this.#idle?.deadline;
  }

  // --- the rest --------------------------------------------------------------

  /** The peer is at fault: say so before anything that waits, and end. */
  #fail(code: number, detail: string, now: number): void {
    this.#toEnd().say({ code, reason: detail }, { kind: "protocol-error", code, detail }, now);
    this.#settle();
  }

  /** Tells the end, once [PW-CLS-9], and lets go of what it made useless. */
  #settle(): void {
    const { end } = this;
    if (end === undefined || this.#endTold) return;
    this.#endTold = true;
    this.#outbox = undefined;
    this.#assembler = undefined; // PW-DAT-5
    this.#events.push({ type: "ended", end });
  }

  #heartbeat(replyRequested: boolean, now: number): Uint8Array {
    const { heartbeat } = this.#codec;
    const heldUs = this.#rtt.heldUs(now);
    heartbeat.heartbeatTimeMs = this.#limits.own ?? ABSENT; // PW-HBT-1
    heartbeat.replyRequested = replyRequested;
    heartbeat.timestamp = this.#rtt.timestamp(now); // PW-RTT-1
    heartbeat.echo = heldUs === ABSENT ? ABSENT : this.#rtt.heardTimestamp;
    heartbeat.heldUs = heldUs; // PW-RTT-2
    heartbeat.lowestVersion = SPOKEN.lowest < SPOKEN.highest ? SPOKEN.lowest : ABSENT; // PW-VER-2
    return this.#codec.writeHeartbeat(this.#version.current);
  }

  /** Open, and this side may still speak. */
  get #isLive(): boolean {
    return (
      this.#ending === undefined || !(this.#ending.isSilenced || this.#ending.end !== undefined)
    );
  }

  get #isClosing(): boolean {
    return this.#ending?.isClosing === true;
  }

  /** Something begins or brings the end. */
  #toEnd(): Ending {
    this.#ending ??= new Ending(this.#config.closeTimeoutMs);
    return this.#ending;
  }
}
