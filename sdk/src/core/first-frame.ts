/**
 * The time a peer has to finish its first frame, from its first octet
 * [PW-LIM-4]. It ends those who send an octet now and then, each of them life,
 * and never say anything. Once the frame is whole there is no such limit.
 */
export class FirstFrameLimit {
  readonly #timeoutMs: number;
  #begunAt: number | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** When the first frame has to be whole: monotonic ms; undefined before it begins. */
  get deadline(): number | undefined {
    return this.#begunAt === undefined ? undefined : this.#begunAt + this.#timeoutMs;
  }

  /** An octet came. */
  octet(now: number): void {
    this.#begunAt ??= now;
  }
}
