/** The far side of a testee that is a gateway: where it dials, and which connection that becomes. */
import { buildConfig } from "../cases/config.ts";
import type { TransportName } from "../model.ts";
import { listen } from "../peers/index.ts";
import type { Manners, RawListener } from "../peers/peer.ts";
import type { Forward } from "../testee/contract.ts";
import type { Time } from "../time/time.ts";
import type { TraceRecorder } from "../trace/recorder.ts";
import { CaseConnection } from "./connection.ts";
import type { ExecutionContext } from "./execution.ts";

/** The second leg is on another transport than the first, where the testee claims that. */
const OTHER: Record<TransportName, TransportName> = { tcp: "ws", ws: "grpc", grpc: "tcp" };

export class SecondLegs {
  /** What the testee is told of it. */
  readonly forward: Forward;
  readonly #recorder: TraceRecorder;
  readonly #time: Time;
  readonly #listener: RawListener;
  readonly #awaited: CaseConnection[];

  private constructor(
    forward: Forward,
    listener: RawListener,
    recorder: TraceRecorder,
    time: Time,
    awaited: CaseConnection[],
  ) {
    this.forward = forward;
    this.#listener = listener;
    this.#recorder = recorder;
    this.#time = time;
    this.#awaited = awaited;
  }

  /** Listens for the second legs of a case; undefined if it has none. */
  static async listen(
    context: ExecutionContext,
    recorder: TraceRecorder,
    manners: Manners,
  ): Promise<SecondLegs | undefined> {
    const { spec, claimed, machine, unitMs } = context;
    if (spec.forward === undefined) return undefined;
    const other = OTHER[context.transport];
    const transport = claimed.includes(other) ? other : context.transport;
    const awaited: CaseConnection[] = [];
    const listener = await listen(machine, transport, manners, (peer) => {
      const connection = awaited.shift();
      if (connection === undefined) peer.abort();
      else connection.attach(peer, false, manners.linger === true);
    });
    const config = buildConfig(spec.forward, unitMs);
    const forward = { transport, address: listener.address, config };
    return new SecondLegs(forward, listener, recorder, machine.time, awaited);
  }

  /** The connection that the testee's next dialling becomes. */
  expect(index: number): CaseConnection {
    const leg = { transport: this.forward.transport, role: "dial" } as const;
    const connection = new CaseConnection(index, this.#recorder, this.#time, leg);
    this.#awaited.push(connection);
    return connection;
  }

  close(): void {
    this.#listener.close();
  }
}
