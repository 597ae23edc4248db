import type { CloseInfo, Link, LinkEnd, LinkSink } from "../driver/index.ts";

/** Fails the case. No assertion library: the runner is not ours to choose. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Fails the case unless the two are the same. */
export function same(actual: unknown, expected: unknown, what: string): void {
  check(
    Object.is(actual, expected),
    `${what}: expected ${String(expected)}, got ${String(actual)}`,
  );
}

/** `promise`, or a failure after `ms` that says what did not happen. */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`within ${ms} ms there was no ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Real time passes. Only for what must not happen in it. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What every link is closed with here. */
export const DONE: CloseInfo = { code: 1, reason: "" };

/** Takes everything a link says, and notices what must never be said. */
export class Recorder implements LinkSink {
  readonly frames: Uint8Array[] = [];
  readonly ends: LinkEnd[] = [];
  readonly violations: number[] = [];
  drains = 0;
  bytes = 0;
  /** Calls that came after the end. */
  afterTheEnd = 0;
  readonly #patienceMs: number;
  #wake: (() => void)[] = [];

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** A recorder that has been started on `link`. */
  static on(link: Link, patienceMs: number): Recorder {
    const recorder = new Recorder(patienceMs);
    link.start(recorder);
    return recorder;
  }

  onFrame(frame: Uint8Array): void {
    this.frames.push(frame);
    this.bytes += frame.length;
    this.#heard();
  }

  onOctets(): void {
    this.#heard();
  }

  onViolation(code: number): void {
    this.violations.push(code);
    this.#heard();
  }

  onDrain(): void {
    this.drains += 1;
    this.#heard();
  }

  onClose(end: LinkEnd): void {
    this.#heard();
    this.ends.push(end);
  }

  /** Waits until `holds`. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const waiting = async () => {
      while (!holds()) await new Promise<void>((resolve) => this.#wake.push(resolve));
    };
    await within(waiting(), this.#patienceMs, what);
  }

  /** Waits for the end, then a little for what must not follow it. */
  async ended(): Promise<LinkEnd> {
    await this.until(() => this.ends.length > 0, "onClose");
    await pass(50);
    same(this.ends.length, 1, "calls of onClose");
    same(this.afterTheEnd, 0, "calls after onClose");
    const [end] = this.ends;
    check(end !== undefined, "no end");
    return end;
  }

  #heard(): void {
    if (this.ends.length > 0) this.afterTheEnd += 1;
    // After the callback has returned, as a user's code would go on.
    const wake = this.#wake;
    this.#wake = [];
    queueMicrotask(() => {
      for (const resolve of wake) resolve();
    });
  }
}

/** A frame that says which one it is. */
export function numbered(number: number, length = 4): Uint8Array {
  const frame = new Uint8Array(length);
  new DataView(frame.buffer).setUint32(0, number);
  return frame;
}

/** Which one {@link numbered} made. */
export function numberOf(frame: Uint8Array | undefined): number {
  if (frame === undefined || frame.length < 4) return -1;
  return new DataView(frame.buffer, frame.byteOffset).getUint32(0);
}
