/** The peers of a matrix and their processes: one that most runs share, and one each for what is disturbed. */
import type { TesteeInfo } from "../model.ts";
import { type RunningTestee, TesteePool, type TesteeSource } from "../runner/testee-pool.ts";
import { ContractError } from "../testee/validate.ts";
import { systemMachine } from "../time/machine.ts";
import type { MatrixPeer } from "./model.ts";

/** A peer that may take part. */
export interface PeerSource extends Pick<MatrixPeer, "name" | "language" | "leftOut"> {
  readonly source: TesteeSource;
  /** What to do if it does not start. */
  readonly advice?: string;
}

/** A peer that takes part. */
interface Present {
  readonly pool: TesteePool;
  readonly info: TesteeInfo;
}

export class Estate {
  /** All peers, with what they say of themselves, or why they take no part. */
  readonly peers: readonly MatrixPeer[];
  readonly #present: ReadonlyMap<string, Present>;

  private constructor(peers: readonly MatrixPeer[], present: ReadonlyMap<string, Present>) {
    this.peers = peers;
    this.#present = present;
  }

  /** Starts every peer that may take part. A testee that does not start takes none. */
  static async start(sources: readonly PeerSource[], suiteVersion: string): Promise<Estate> {
    const present = new Map<string, Present>();
    const start = async (peer: PeerSource): Promise<MatrixPeer> => {
      const { name, language, leftOut, source, advice } = peer;
      const about = { name, ...(language === undefined ? {} : { language }) };
      if (leftOut !== undefined) return { ...about, leftOut };
      const pool = new TesteePool(source, suiteVersion, systemMachine.time);
      try {
        const { info } = await pool.first();
        present.set(name, { pool, info });
        return { ...about, language: language ?? info.language, info };
      } catch (error) {
        await pool.dispose();
        if (!(error instanceof ContractError)) throw error;
        const why = `its testee does not start: ${error.message}`;
        return { ...about, leftOut: { why, ...(advice === undefined ? {} : { advice }) } };
      }
    };
    return new Estate(await Promise.all(sources.map(start)), present);
  }

  /** Who takes part. */
  get names(): ReadonlySet<string> {
    return new Set(this.#present.keys());
  }

  infoOf(name: string): TesteeInfo {
    return this.#peer(name).info;
  }

  /** The process that most runs share. */
  shared(name: string): Promise<RunningTestee> {
    return this.#peer(name).pool.acquire("shared");
  }

  /** Acts with a process that nobody else uses, and ends it. */
  async withOwn<T>(name: string, act: (testee: RunningTestee) => Promise<T>): Promise<T> {
    const { pool } = this.#peer(name);
    const testee = await pool.acquire("own");
    try {
      return await act(testee);
    } finally {
      await pool.release("own", testee);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#present.values()].map(({ pool }) => pool.dispose()));
  }

  #peer(name: string): Present {
    const peer = this.#present.get(name);
    if (peer === undefined) throw new Error(`${name} takes no part`);
    return peer;
  }
}
