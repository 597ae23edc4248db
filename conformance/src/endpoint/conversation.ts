/** A connection to talk on before any case runs: what has come so far, and waiting for more. */

import type { DecodedFrame } from "../model.ts";
import type { PeerEnd, RawPeer } from "../peers/peer.ts";
import { millis, type Time } from "../time/time.ts";
import { decodeFrame } from "../wire/decode.ts";

/** More than a peer says while it is looked at; the rest is not kept. */
const MAX_FRAMES = 1_000;

export interface Heard {
  readonly octets: Uint8Array;
  readonly frame: DecodedFrame;
}

/** Not even a broken frame: nobody who tries to speak Pulsewire sends this. */
export function isGarbage({ body, heartbeat, data, close }: DecodedFrame): boolean {
  return body === "malformed" && (heartbeat ?? data ?? close) === undefined;
}

export class Conversation {
  readonly heard: Heard[] = [];
  /** What came that is no frame, in words. */
  readonly remarks: string[] = [];
  readonly ends: PeerEnd[] = [];
  readonly #peer: RawPeer;
  readonly #time: Time;
  #opened = false;
  #gone = false;
  #wake: () => void = () => undefined;

  /** Takes the peer and starts it. */
  constructor(peer: RawPeer, time: Time) {
    this.#peer = peer;
    this.#time = time;
    peer.start({
      onOpen: () => {
        this.#opened = true;
        this.#wake();
      },
      onFrame: (octets) => {
        if (this.heard.length < MAX_FRAMES) this.heard.push({ octets, frame: decodeFrame(octets) });
        this.#wake();
      },
      onOctets: (_, what) => {
        if (this.remarks.length < MAX_FRAMES) this.remarks.push(what);
        this.#wake();
      },
      onEnd: (end) => {
        this.ends.push(end);
        this.#wake();
      },
      onGone: () => {
        this.#gone = true;
        this.#wake();
      },
    });
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** Nothing more will come. */
  get isOver(): boolean {
    const isLast = ({ frame }: Heard): boolean => frame.close !== undefined || isGarbage(frame);
    return this.#gone || this.ends.length > 0 || this.heard.some(isLast);
  }

  send(frame: Uint8Array): void {
    this.#peer.sendOctets(this.#peer.framed(frame));
  }

  /** The first answer of `test`, or undefined once the time or the connection is over. */
  async until<T>(test: () => T | undefined, limitMs: number): Promise<T | undefined> {
    const deadline = millis(this.#time) + limitMs;
    for (;;) {
      const found = test();
      const left = deadline - millis(this.#time);
      if (found !== undefined || this.isOver) return found;
      if (left <= 0) {
        // What came while this process was kept from running is read first.
        await new Promise<void>((resolve) => this.#time.turn(resolve));
        return test();
      }
      await new Promise<void>((resolve) => {
        const cancel = this.#time.after(left, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  /** The first frame that fits, of those that came after the first `since`. */
  async hear(
    test: (frame: DecodedFrame) => boolean,
    limitMs: number,
    since = 0,
  ): Promise<Heard | undefined> {
    return this.until(() => this.heard.slice(since).find(({ frame }) => test(frame)), limitMs);
  }

  end(): void {
    this.#peer.abort();
  }
}
