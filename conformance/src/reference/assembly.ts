/** Joins the parts of messages [PW-DAT-2], within a bound [PW-LIM-2]. */
import { concat } from "../wire/protobuf.ts";
import type { ReferenceOptions } from "./options.ts";

export class Assembly {
  readonly #options: ReferenceOptions;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #total = 0;

  constructor(options: ReferenceOptions) {
    this.#options = options;
  }

  /** A message once it is whole. */
  add(part: Uint8Array, more: boolean): Uint8Array | "too-large" | undefined {
    const { mutant, maxMessageBytes } = this.#options;
    if (mutant === "no-reassembly") return part;
    this.#total += part.length;
    this.#parts.push(part);
    this.#bytes += part.length;
    const limit = mutant === "small-message-cap" ? 1_048_576 : maxMessageBytes;
    const counted = mutant === "message-cap-accumulates" ? this.#total : this.#bytes;
    if (counted > limit && mutant !== "no-message-cap") return "too-large";
    if (more && !(part.length === 0 && mutant === "empty-part-ends")) return undefined;
    const message = concat(this.#parts);
    this.forget();
    if (message.length === 0 && mutant === "drops-empty") return undefined;
    return message;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What there is of a message that is not whole. */
  rest(): Uint8Array | undefined {
    return this.#bytes === 0 ? undefined : concat(this.#parts);
  }

  forget(): void {
    this.#parts = [];
    this.#bytes = 0;
  }
}
