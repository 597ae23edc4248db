/** Someone at the keyboard who presses Enter. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export class Person {
  readonly #lines: ReturnType<typeof createInterface>;
  readonly #waiting: (() => void)[] = [];
  #left = false;
  /** Hears an Enter that nobody has asked for. */
  onUnasked: () => void = () => undefined;

  constructor(input: Readable) {
    this.#lines = createInterface({ input });
    this.#lines.on("line", () => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.onUnasked();
      else waiting();
    });
    this.#lines.on("close", () => {
      // Nobody is there any more: nothing may wait for them.
      this.#left = true;
      for (const waiting of this.#waiting.splice(0)) waiting();
    });
  }

  /** Resolves at the next Enter, or at once if nobody is there. */
  enter(): Promise<void> {
    if (this.#left) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  dispose(): void {
    this.#lines.close();
  }
}
