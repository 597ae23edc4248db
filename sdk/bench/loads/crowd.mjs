import { connect } from "node:net";

/** Connections that are being opened at once, at most. */
const OPENING_AT_ONCE = 200;
const OPEN_LIMIT_MS = 60_000;

/**
 * @typedef {object} CrowdOptions
 * @property {number} port
 * @property {import("./wires/wire.mjs").Wire} wire
 * @property {number} periodMs Each beats once in this time.
 * @property {number} tickMs Beats leave together so often.
 * @property {number} [answerAfterMs] How far away it is; 0 if absent.
 * @property {(line: Member) => void} [onHeard]
 */

/** Many connections of one process, that keep themselves alive as cheaply as can be. */
export class Crowd {
  sent = 0;
  heard = 0;
  /** Ended by the server. */
  ended = 0;
  /** @type {Member[]} */
  members = [];
  #options;
  /** @type {Member[][]} */
  #slots;
  #tick = 0;
  #since = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #opening = 0;
  #open = 0;
  #closing = false;
  /** @type {(error?: Error) => void} */
  #settle = () => {};

  /** @param {CrowdOptions} options */
  constructor(options) {
    this.#options = options;
    const slots = Math.max(1, Math.round(options.periodMs / options.tickMs));
    this.#slots = Array.from({ length: slots }, () => []);
  }

  /**
   * Opens so many more, one after the other in the given time: what a server does by
   * itself for each of them is then as spread as it is in an estate. Resolves when all
   * are open; those that are beat meanwhile.
   *
   * @param {number} count
   * @param {number} overMs
   */
  open(count, overMs) {
    if (this.#timer === undefined) {
      this.#since = performance.now();
      this.#timer = setInterval(() => this.#beat(), this.#options.tickMs);
    }
    const since = performance.now();
    let begun = 0;
    const pace = setInterval(() => {
      const due = Math.ceil((count * (performance.now() - since + 1)) / overMs);
      while (begun < Math.min(count, due) && this.#opening < OPENING_AT_ONCE) {
        begun += 1;
        this.#begin();
      }
      if (begun === count) clearInterval(pace);
    }, 1);
    const wanted = this.members.length + count;
    return /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        const late = () => this.#settle(new Error(`only ${this.#open} of ${wanted} opened`));
        const timer = setTimeout(late, overMs + OPEN_LIMIT_MS);
        this.#settle = (error) => {
          if (error === undefined && this.#open < wanted) return;
          clearTimeout(timer);
          clearInterval(pace);
          if (error === undefined) resolve();
          else reject(error);
        };
      })
    );
  }

  /** Closes them all. Resolves when they are closed. */
  async close() {
    this.#closing = true;
    clearInterval(this.#timer);
    await Promise.all(this.members.map((member) => member.close()));
    this.members = [];
  }

  #begin() {
    this.#opening += 1;
    const index = this.members.length;
    const { wire, answerAfterMs = 0 } = this.#options;
    const member = new Member(this.#options.port, wire, answerAfterMs, {
      opened: () => {
        this.#slots[index % this.#slots.length]?.push(member);
        this.#opening -= 1;
        this.#open += 1;
        this.#settle();
      },
      heard: () => {
        this.heard += 1;
        this.#options.onHeard?.(member);
      },
      sent: () => {
        this.sent += 1;
      },
      ended: (error) => {
        if (this.#closing) return;
        if (!member.open) this.#settle(error ?? new Error("the server closed at once"));
        this.ended += 1;
      },
    });
    this.members.push(member);
  }

  /** By the clock: an interval that runs late falls behind a little more each time. */
  #beat() {
    const due = Math.floor((performance.now() - this.#since) / this.#options.tickMs);
    for (; this.#tick < due; this.#tick += 1) {
      for (const member of this.#slots[this.#tick % this.#slots.length] ?? []) member.beat();
    }
  }
}

/** One of them: the line that a wire tells of what it reads. */
export class Member {
  open = false;
  /** It says nothing any more, and its connection stays. */
  silent = false;
  /** Of this end, by which the server knows it. */
  port = 0;
  /** When it last said anything: ms of the system's monotonic clock, which all processes share. */
  saidAt = 0;
  #ended = false;
  #socket;
  #wire;
  #answerAfterMs;
  #told;
  /** @type {Buffer | undefined} What is not whole yet. */
  #rest;

  /**
   * @param {number} port
   * @param {import("./wires/wire.mjs").Wire} wire
   * @param {number} answerAfterMs
   * @param {{ opened(): void, heard(): void, sent(): void, ended(error?: Error): void }} told
   */
  constructor(port, wire, answerAfterMs, told) {
    this.#wire = wire;
    this.#answerAfterMs = answerAfterMs;
    this.#told = told;
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    /** @type {Error | undefined} */
    let failure;
    this.#socket.on("error", (error) => {
      failure = error;
    });
    this.#socket.on("close", () => this.ended(failure));
    this.#socket.on("data", (octets) => this.#read(octets));
    this.#socket.on("connect", () => {
      this.port = this.#socket.localPort ?? 0;
      if (wire.opening !== undefined) this.write(wire.opening);
      if (!wire.handshake) this.opened();
    });
  }

  opened() {
    this.open = true;
    this.#told.opened();
  }

  heard() {
    this.#told.heard();
  }

  /** By the words of the protocol, or by the end of the connection; once. @param {Error} [failure] */
  ended(failure) {
    if (this.#ended) return;
    this.#ended = true;
    this.#told.ended(failure);
  }

  beat() {
    if (this.#wire.beat !== undefined) this.#say(this.#wire.beat);
  }

  /** @param {Buffer} octets */
  answer(octets) {
    if (this.#answerAfterMs === 0) this.#say(octets);
    else setTimeout(() => this.#say(octets), this.#answerAfterMs);
  }

  /** @param {Buffer} octets */
  write(octets) {
    if (!this.silent) this.#socket.write(octets);
  }

  close() {
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        if (this.#socket.closed) resolve();
        else this.#socket.once("close", () => resolve());
        this.#socket.destroy();
      })
    );
  }

  /** @param {Buffer} octets */
  #say(octets) {
    if (this.silent || this.#socket.destroyed) return;
    this.#told.sent();
    this.saidAt = monotonicMs();
    this.#socket.write(octets);
  }

  /** @param {Buffer} octets */
  #read(octets) {
    const all = this.#rest === undefined ? octets : Buffer.concat([this.#rest, octets]);
    let at = 0;
    for (let length = -1; at < all.length && length !== 0; at += length) {
      length = this.#wire.take(all, at, this);
    }
    this.#rest = at === all.length ? undefined : all.subarray(at);
  }
}

/** The same in every process of this machine. */
export function monotonicMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}
