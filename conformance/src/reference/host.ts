/** One connection of the reference peer on a raw peer: sockets, timers, back-pressure, and an application. */
import type { PeerSink, RawPeer } from "../peers/peer.ts";
import type { Sending } from "../testee/contract.ts";
import type { Machine } from "../time/machine.ts";
import { every, millis } from "../time/time.ts";
import { decodeFrame } from "../wire/decode.ts";
import { CLOSE_TIMEOUT_MS, Code, ReferenceConnection } from "./connection.ts";
import type { Leak } from "./leak.ts";
import type { Mutant } from "./mutants.ts";
import type { ReferenceOptions } from "./options.ts";

/** More than this in the transport's own buffer, and it takes no more for now. */
const HIGH_WATER_BYTES = 65_536;
/** How often a transport that is full is looked at, in milliseconds. */
const LOOK_AGAIN_MS = 20;
/** A longer timer would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;
/** How late a mutant does what it should do at once, in milliseconds. */
const LATE_MS = 50;

export interface HostEvents {
  onOpen(): void;
  /** A message for the application, beside what it does with it by itself. */
  onMessage?(message: Uint8Array): void;
  /** A frame of any kind, for an application that meddles. */
  onFrame?(octets: Uint8Array): void;
  onEnd(): void;
}

export class ReferenceHost {
  readonly #machine: Machine;
  readonly #peer: RawPeer;
  readonly #options: ReferenceOptions;
  readonly #leak: Leak;
  readonly #events: HostEvents;
  readonly #stream: Sending | undefined;
  #connection: ReferenceConnection | undefined;
  /** How to stop the timer of what comes next, that of the end, and what the application sends. */
  #stopTimer: (() => void) | undefined;
  #stopLinger: (() => void) | undefined;
  #stopSender: (() => void) | undefined;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #appReads: boolean;
  #lastUnsent = 0;
  #batchHandled = 0;
  #pendingBytes = 0;
  #heldBack: Uint8Array | undefined;

  constructor(
    machine: Machine,
    peer: RawPeer,
    options: ReferenceOptions,
    application: { readonly reads: boolean; readonly stream: Sending | undefined },
    leak: Leak,
    events: HostEvents,
  ) {
    this.#machine = machine;
    this.#peer = peer;
    this.#options = options;
    this.#leak = leak;
    this.#events = events;
    this.#appReads = application.reads;
    this.#stream = application.stream;
  }

  start(): void {
    this.#peer.start(this.#sink());
  }

  send(sending: Sending): void {
    const message = messageOf(sending);
    const { repeat = 1, every_ms } = sending;
    const sendOne = (): void => {
      this.#connection?.sendMessage(message);
      this.#work();
    };
    if (every_ms === undefined) {
      for (let sent = 0; sent < repeat; sent += 1) sendOne();
      return;
    }
    let left = repeat - 1;
    sendOne();
    this.#stopSender?.();
    const stop = every(this.#machine.time, every_ms, () => {
      if (left <= 0 || !this.#peer.alive) stop();
      else {
        left -= 1;
        sendOne();
      }
    });
    this.#stopSender = stop;
  }

  close(code: number, reason: string | undefined): void {
    if (this.#connection === undefined) this.#peer.abort();
    else this.#connection.close(code, reason, this.#now());
    this.#work();
  }

  /** The application passes a message on; before the opening there is nobody to pass it to. */
  sendMessage(message: Uint8Array): void {
    this.#connection?.sendMessage(message);
    this.#work();
  }

  /** The machine was suspended for so long [PW-CLK-5]. */
  suspended(ms: number): void {
    this.#connection?.handleSuspend(ms, this.#now());
    this.#work();
  }

  /** A frame of another connection, for a mutant that does not keep them apart. */
  meddle(octets: Uint8Array, how: "send" | "hear" | "live"): void {
    const now = this.#now();
    if (how === "send") this.#peer.sendOctets(this.#peer.framed(octets));
    else if (how === "hear") this.#connection?.handleFrame(octets, now);
    else this.#connection?.handleOctets(0, now);
    this.#work();
  }

  /** The application takes messages from now on. */
  read(): void {
    this.#appReads = true;
    const unread = this.#unread;
    this.#unread = [];
    this.#unreadBytes = 0;
    const deliver = (): void => {
      for (const message of unread) this.#deliver(message);
      this.#work();
    };
    if (this.#is("reorders-unread")) this.#machine.time.after(LATE_MS, deliver);
    else deliver();
    this.#connection?.handleResume(this.#now());
    this.#peer.resume();
    this.#work();
  }

  abort(): void {
    this.#stopTimers();
    this.#peer.abort();
  }

  /** In milliseconds. */
  #now(): number {
    return millis(this.#machine.time);
  }

  #is(mutant: Mutant): boolean {
    return this.#options.mutant === mutant;
  }

  #sink(): PeerSink {
    return {
      onOpen: () => {
        const now = this.#now();
        this.#connection = new ReferenceConnection(
          this.#options,
          now,
          this.#machine.random,
          this.#leak,
        );
        this.#leak.end = () => this.close(Code.HEARTBEAT_TIMEOUT, undefined);
        this.#events.onOpen();
        const waiting = this.#stream === undefined ? [] : [messageOf(this.#stream)];
        if (!this.#is("waits-for-peer")) this.#connection.handleOpen(now, waiting);
        if (this.#stream !== undefined) this.send({ ...this.#stream, repeat: Infinity });
        this.#work();
      },
      onAnnounced: (length, head = 0) => {
        const padded = head > 1 && length < 2 ** (7 * (head - 1));
        if (padded && this.#is("minimal-lengths-only")) this.#connection?.handleNonsense();
        this.#connection?.handleAnnounced(length);
        this.#work();
      },
      onProgress: (pendingBytes) => {
        this.#pendingBytes = pendingBytes;
        if (this.#is("read-is-frame") && pendingBytes > 0) this.#connection?.handleNonsense();
        this.#connection?.handleOctets(pendingBytes, this.#now());
        this.#work();
      },
      onFrame: (octets, read) => {
        if (this.#is("loses-coalesced") && read.batch === this.#batchHandled) return;
        if (this.#is("frame-leaks") && this.#leak.halfFrame === true) {
          this.#leak.halfFrame = false;
          return;
        }
        if (this.#is("counts-unfinished")) this.#countPart(octets);
        this.#batchHandled = read.batch;
        this.#connection?.handleFrame(octets, this.#now());
        this.#events.onFrame?.(octets);
        this.#work();
      },
      onOctets: (_octets, what) => {
        if (what.endsWith(" ping")) this.#connection?.handlePing(this.#now());
        else if (what === "websocket text" && this.#is("accepts-text")) return;
        else if (!isOrdinary(what) && !this.#is("varint-unbounded"))
          this.#connection?.handleNonsense();
        this.#work();
      },
      onEnd: () => {
        this.#connection?.handlePeerEnd();
        this.#work();
      },
      onDrain: () => this.#work(),
      onGone: () => {
        this.#connection?.handleGone();
        this.#stopTimers();
        this.#leak.halfFrame = this.#pendingBytes > 0;
        if (this.#is("timer-outlives")) {
          const { heartbeatTimeMs = 0, slackMs } = this.#options;
          this.#machine.time.after(heartbeatTimeMs + slackMs, () => this.#leak.end?.());
        }
        this.#events.onEnd();
      },
    };
  }

  /** Does all that there is to do now, and sets the timer for what comes next. */
  #work(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    for (;;) {
      const unsent = this.#peer.unsentBytes;
      const progress = unsent < this.#lastUnsent;
      this.#lastUnsent = unsent;
      const output = connection.poll(this.#now(), unsent < HIGH_WATER_BYTES, progress);
      if (output === undefined) break;
      if (output.kind === "send") this.#peer.sendOctets(this.#peer.framed(output.frame));
      else if (output.kind === "message") this.#deliver(output.message);
      else this.#end(output.code, output.abort);
    }
    this.#schedule(connection);
  }

  #schedule(connection: ReferenceConnection): void {
    this.#stopTimer?.();
    const isFull = this.#peer.unsentBytes >= HIGH_WATER_BYTES;
    const next = connection.nextTimeout();
    const wait = next === undefined ? undefined : Math.max(0, next - this.#now());
    if (wait === undefined && !isFull) return;
    const most = isFull ? LOOK_AGAIN_MS : MAX_DELAY_MS;
    const delay = Math.min(wait ?? most, most);
    this.#stopTimer = this.#machine.time.after(delay, () => {
      const act = (): void => {
        // The time may not have come: a full transport is looked at more often.
        const due = connection.nextTimeout();
        const now = this.#now();
        if (due !== undefined && now >= due) connection.handleTimeout(now);
        this.#work();
      };
      // After the timers comes the reading: judge only when that is done [PW-CLK-2].
      if (this.#is("naive-timer")) act();
      else this.#machine.time.turn(act);
    });
  }

  #deliver(message: Uint8Array): void {
    if (!this.#appReads) {
      if (!this.#is("loses-unread")) this.#unread.push(message);
      this.#unreadBytes += message.length;
      this.#pauseIfFull();
      return;
    }
    if (this.#is("swaps-messages") && this.#heldBack === undefined) {
      this.#heldBack = message;
      return;
    }
    this.#reply(message);
    if (this.#heldBack !== undefined) this.#reply(this.#heldBack);
    this.#heldBack = undefined;
  }

  #pauseIfFull(): void {
    if (this.#unreadBytes < this.#options.maxUnreadBytes || this.#is("never-pauses")) return;
    this.#peer.pause();
    this.#connection?.handlePause(this.#now());
  }

  /** What a mutant counts that it should not. */
  #countPart(octets: Uint8Array): void {
    const { more, data } = decodeFrame(octets);
    if (more !== true || data === undefined || this.#appReads) return;
    this.#unreadBytes += data.bytes;
    this.#pauseIfFull();
  }

  #reply(message: Uint8Array): void {
    const { reply } = this.#options;
    this.#events.onMessage?.(message);
    if (reply === "echo") this.#connection?.sendMessage(message);
    if (reply === "length")
      this.#connection?.sendMessage(new TextEncoder().encode(String(message.length)));
  }

  #end(code: number | undefined, abort: boolean): void {
    this.#stopSender?.();
    if (abort) {
      this.#peer.reset();
      return;
    }
    this.#peer.resume();
    const waits = code === Code.HEARTBEAT_TIMEOUT && this.#is("waits-for-the-dead");
    if (!waits) this.#peer.end(code);
    if (this.#is("waits-for-ever")) return;
    this.#stopLinger = this.#machine.time.after(CLOSE_TIMEOUT_MS, () => this.#peer.reset());
  }

  #stopTimers(): void {
    this.#stopTimer?.();
    this.#stopLinger?.();
    this.#stopSender?.();
  }
}

function messageOf(sending: Sending): Uint8Array {
  if (sending.text !== undefined) return new TextEncoder().encode(sending.text);
  return new Uint8Array(sending.bytes ?? 0).fill(0x2e);
}

/** Octets that are no frame and no fault either. */
function isOrdinary(what: string): boolean {
  return (
    what.startsWith("websocket handshake") ||
    what.startsWith("grpc call") ||
    what.startsWith("grpc response") ||
    what === "websocket pong"
  );
}
