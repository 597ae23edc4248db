import { PulsewireError } from "../core/index.ts";

/** What can end an attempt to connect from outside: a signal and a time. */
export class AttemptLimit {
  readonly #clear: () => void;
  /** Rejects when the attempt has to end; else it stays as it is. */
  readonly expired: Promise<never>;

  /**
   * @param name what is dialled, for the message.
   * @param timeoutMs 1 to 3600000.
   */
  constructor(name: string, timeoutMs: number, signal: AbortSignal | undefined) {
    let clear = (): void => {};
    this.expired = new Promise((_resolve, reject) => {
      const aborted = (): void => reject(signal?.reason);
      const timer = setTimeout(() => {
        const message = `no connection to ${name}: no answer within ${timeoutMs} ms`;
        reject(new PulsewireError("PW_CONNECT_FAILED", message, { side: "remote" }));
      }, timeoutMs);
      signal?.addEventListener("abort", aborted, { once: true });
      clear = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
      };
      if (signal?.aborted) aborted();
    });
    // It may reject while nobody waits, and that is nobody's error.
    this.expired.catch(() => {});
    this.#clear = clear;
  }

  clear(): void {
    this.#clear();
  }
}
