/** Runs one case once and records what happens. It judges nothing. */
import { buildConfig } from "../cases/config.ts";
import type { CaseSpec, Step, TesteeSketch } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import { FINISH, GAVE_UP } from "../judge/view.ts";
import type { Role, Trace, TransportName } from "../model.ts";
import type { Address, Manners } from "../peers/peer.ts";
import { loopbackWire, type Wire } from "../peers/wire.ts";
import type { TesteeClient } from "../testee/client.ts";
import type { TesteeCommand, TesteeEvent, TesteeReply } from "../testee/contract.ts";
import { ContractError } from "../testee/validate.ts";
import type { Machine } from "../time/machine.ts";
import { TraceRecorder } from "../trace/recorder.ts";
import type { StallMonitor } from "../trace/stall-monitor.ts";
import { CaseConnection } from "./connection.ts";
import { SecondLegs } from "./second-leg.ts";

/** The longest that a timer can be told. */
const NO_LIMIT_MS = 2 ** 31 - 1;
/** A timer that fires this much late is worth a line in the trace, in nanoseconds. */
const WORTH_RECORDING_NS = 10e6;

/** What the operating system says of a port that nobody listens on. */
const CONNECTION_REFUSED = "ECONNREFUSED";

/** What a testee says of itself decides nothing: so much of it is kept, in events and in characters. */
const MOST_EVENTS = 2_000;
const MOST_CHARACTERS = 4_096;

/** The case can go no further because of what the testee did; the judge sees why. */
export class GaveUpError extends Error {
  override readonly name = "GaveUpError";
}

/** The testee says that it cannot do what it claimed it can. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
}

/** The testee refuses a configuration that the protocol leaves it free to refuse. */
export class NotApplicableError extends Error {
  override readonly name = "NotApplicableError";
}

/** What one run of one case needs. */
export interface ExecutionContext {
  readonly spec: CaseSpec;
  readonly transport: TransportName;
  readonly role: Role;
  readonly unitMs: number;
  readonly testee: TesteeClient;
  readonly monitor: Pick<StallMonitor, "observe">;
  /** Where the harness runs. */
  readonly machine: Machine;
  /** How it comes by its peers; on loopback if absent. */
  readonly wire?: Wire;
  /** Someone looks on who may stop the peer: whatever is waited for may take any time. */
  readonly isPatient?: boolean;
  /** Unique among all runs that share a testee: connection names begin with it. */
  readonly name: string;
  /** The transports that the testee claims. */
  readonly claimed: readonly TransportName[];
}

export class Execution {
  readonly context: ExecutionContext;
  readonly recorder: TraceRecorder;
  readonly #wire: Wire;
  #skip: () => void = () => undefined;
  readonly #connections = new Map<number, CaseConnection>();
  /** Connections of our listener that the testee has announced, in order. */
  readonly #accepted: string[] = [];
  #listening: Address | undefined;
  #secondLegs: SecondLegs | undefined;
  #fences = 0;
  /** Events of the testee that are about this case. */
  #heard = 0;
  /** Where `expect` begins to look: after what is already accounted for. */
  cursor = 0;

  constructor(context: ExecutionContext) {
    this.context = context;
    this.#wire = context.wire ?? loopbackWire(context.machine);
    this.recorder = new TraceRecorder(
      {
        caseId: context.spec.id,
        transport: context.transport,
        role: context.role,
        unitMs: context.unitMs,
      },
      context.machine.time,
    );
  }

  /** Carries out all steps, as far as the testee lets them be carried out. */
  async run(
    perform: (run: Execution, step: Step) => Promise<void>,
    sayFarewell: (run: Execution, connection: CaseConnection) => Promise<void>,
  ): Promise<Trace> {
    const { spec, testee, monitor } = this.context;
    const stopMonitor = monitor.observe((lagNs) => this.recorder.lag(lagNs));
    const stopEvents = testee.observe((event) => this.#onTesteeEvent(event));
    try {
      await this.#performAll(spec.steps, perform);
      const last = spec.steps.at(-1);
      const connection = last?.verb === "fence" ? this.#connections.get(last.conn) : undefined;
      if (connection?.attached === true && !connection.isGone) await sayFarewell(this, connection);
    } finally {
      stopMonitor();
      stopEvents();
    }
    return this.recorder.trace();
  }

  async #performAll(
    steps: readonly Step[],
    perform: (run: Execution, step: Step) => Promise<void>,
  ): Promise<void> {
    try {
      for (const step of steps) await perform(this, step);
    } catch (error) {
      if (!(error instanceof GaveUpError)) throw error;
      this.recorder.record({ kind: "step", conn: -1, step: `${GAVE_UP}${error.message}` });
    } finally {
      this.mark(-1, FINISH, FINISH);
    }
  }

  /** Lets go of all connections, here and at the testee. */
  dispose(): void {
    this.recorder.listener = undefined;
    for (const connection of this.#connections.values()) {
      connection.dispose();
      if (this.context.role === "dial" && connection.testeeId !== undefined)
        this.#forget(connection.testeeId);
    }
    if (this.#listening !== undefined) this.#forget(this.context.name);
    this.#secondLegs?.close();
  }

  connection(index: number): CaseConnection {
    const connection = this.#connections.get(index);
    if (connection === undefined)
      throw new Error(`step on connection ${index}, which was never made`);
    return connection;
  }

  /** A time of the case in milliseconds. */
  time(text: string): number {
    return parseTime(text, this.context.unitMs);
  }

  /** Records that a step happened. */
  mark(conn: number, step: string, label?: string, atNs?: number): void {
    this.recorder.record(
      { kind: "step", conn, step, ...(label === undefined ? {} : { label }) },
      atNs,
    );
  }

  nextFence(): { readonly label: string; readonly timestamp: number } {
    this.#fences += 1;
    const label = this.#fences === 1 ? "fence" : `fence-${this.#fences}`;
    // Large, so that it is not taken for a small number of the case itself.
    return { label, timestamp: 0x5eed_0000 + this.#fences };
  }

  /** How long to wait for what should come within so many milliseconds. */
  limit(ms: number): number {
    return this.context.isPatient === true ? NO_LIMIT_MS : ms;
  }

  /** Ends whatever is waited for now, as if its time were over. */
  skip(): void {
    this.#skip();
  }

  /** Resolves as soon as `test` has an answer, or with undefined after `limitMs`. */
  until<T>(test: () => T | undefined, limitMs: number): Promise<T | undefined> {
    const already = test();
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const finish = (value: T | undefined): void => {
        cancel();
        stopBroken();
        this.recorder.listener = undefined;
        this.#skip = () => undefined;
        resolve(value);
      };
      this.#skip = () => finish(test());
      const cancel = this.context.machine.time.after(limitMs, () => finish(test()));
      const stopBroken = this.context.testee.onBroken((error) => {
        cancel();
        this.recorder.listener = undefined;
        reject(error);
      });
      this.recorder.listener = () => {
        const value = test();
        if (value !== undefined) finish(value);
      };
    });
  }

  /** Lets time pass, and records it if it was more than asked for. */
  async sleep(durationMs: number): Promise<void> {
    const due = this.recorder.now() + durationMs * 1e6;
    const slept = this.until(() => undefined, durationMs);
    // This is not waiting for anything.
    this.#skip = () => undefined;
    await slept;
    const lateness = this.recorder.now() - due;
    if (lateness > WORTH_RECORDING_NS) this.recorder.lag(lateness);
  }

  /** Sends a command; what the testee does not support ends the case. */
  async command(conn: number, command: TesteeCommand): Promise<TesteeReply> {
    const reply = await this.context.testee.request(command);
    if ("err" in reply && reply.err === "unsupported")
      throw new UnsupportedError(
        `the testee does not support "${command.cmd}" as the case needs it${reply.why === undefined ? "" : `: ${reply.why}`}`,
      );
    this.recorder.record({ kind: "testee", conn, event: { command: command.cmd, reply } });
    if ("err" in reply && command.cmd !== "open")
      throw new GaveUpError(`the testee did not ${command.cmd}: ${reply.why ?? reply.err}`);
    return reply;
  }

  /** The name by which the testee knows a connection; waits until it has announced it. */
  async testeeId(connection: CaseConnection): Promise<string> {
    // A dialled connection can be used once its `open` has been answered.
    await connection.opening;
    if (this.context.role === "listen" && connection.testeeId === undefined) {
      const opened = [...this.#connections.values()].filter(
        (other) => other.opened && !other.isSecondLeg,
      );
      const position = opened.indexOf(connection);
      connection.testeeId = await this.until(() => this.#accepted[position], this.#wire.patienceMs);
    }
    if (connection.testeeId === undefined)
      throw new GaveUpError("the testee did not announce the connection that it accepted");
    return connection.testeeId;
  }

  /** Makes a connection in the role of the run; a testee that does not make it ends the case. */
  async connect(
    step: Step & { readonly verb: "connect" },
    manners: Manners,
    sketch: TesteeSketch,
  ): Promise<void> {
    const connection = new CaseConnection(step.conn, this.recorder, this.context.machine.time);
    this.#connections.set(step.conn, connection);
    const paused = step.args.paused === true;
    if (this.context.role === "dial") await this.#beDialled(connection, manners, sketch, paused);
    else await this.#dialTestee(connection, manners, sketch, paused);
    if (step.args.refused_config !== undefined) return;
    if (!connection.attached && step.args.may_refuse === true)
      throw new NotApplicableError("the testee refuses this configuration, which it is free to do");
    if (!connection.attached) throw new GaveUpError("the testee made no connection");
    const legs = [connection];
    const second = this.#connections.get(step.conn + 1);
    if (this.#secondLegs !== undefined && second !== undefined) legs.push(second);
    const settled = await this.until(
      () => (legs.every((leg) => leg.opened || leg.isGone) ? true : undefined),
      this.#wire.patienceMs,
    );
    if (this.#nobodyListens(step.conn))
      throw new ContractError(
        `nobody listens at ${this.#listening?.host}:${this.#listening?.port}, the address that it answered "open" with`,
      );
    if (step.args.refused === true) return;
    if (settled === undefined) throw new GaveUpError("no connection came about");
    if (!legs.every((leg) => leg.opened)) throw new GaveUpError("the connection was refused");
  }

  /** The operating system itself refused us: that is no manner of the testee's implementation. */
  #nobodyListens(conn: number): boolean {
    return (
      this.#listening !== undefined &&
      this.recorder.events.some(
        (event) =>
          event.kind === "end" && event.conn === conn && event.detail?.includes(CONNECTION_REFUSED),
      )
    );
  }

  /** The testee dials: we listen, on a port of this connection alone. */
  async #beDialled(
    connection: CaseConnection,
    manners: Manners,
    sketch: TesteeSketch,
    paused: boolean,
  ): Promise<void> {
    const { transport, name, spec, unitMs } = this.context;
    let taken = false;
    connection.listener = await this.#wire.listen(transport, manners, (peer) => {
      if (taken) {
        peer.abort();
        return;
      }
      taken = true;
      connection.attach(peer, paused, manners.linger === true);
    });
    connection.testeeId = `${name}.${connection.index}`;
    const opening = this.command(connection.index, {
      cmd: "open",
      conn: connection.testeeId,
      role: "dial",
      transport,
      address: connection.listener.address,
      config: buildConfig(sketch, unitMs),
      case: spec.id,
    });
    // A testee may answer once it is connected, which depends on us: do not wait for it here.
    let refused = false;
    let problem: unknown;
    connection.opening = opening.catch(() => undefined);
    opening
      .then((reply) => {
        refused = "err" in reply;
      })
      .catch((error: unknown) => {
        problem = error;
      })
      .finally(() => this.recorder.poke());
    await this.until(
      () => (taken || refused || problem !== undefined ? true : undefined),
      this.#wire.patienceMs,
    );
    if (problem !== undefined) throw problem;
  }

  /** The testee listens, once for the whole case: we dial. */
  async #dialTestee(
    connection: CaseConnection,
    manners: Manners,
    sketch: TesteeSketch,
    paused: boolean,
  ): Promise<void> {
    const { transport, name, spec, unitMs, testee } = this.context;
    if (this.#listening === undefined) {
      this.#secondLegs = await SecondLegs.listen(this.context, this.recorder, manners);
      const forward = this.#secondLegs?.forward;
      const reply = await this.command(connection.index, {
        cmd: "open",
        conn: name,
        role: "listen",
        transport,
        config: buildConfig(sketch, unitMs),
        case: spec.id,
        ...(forward === undefined ? {} : { forward }),
      });
      if ("err" in reply) return;
      this.#listening = testee.listening(reply);
    }
    const second = this.#secondLegs?.expect(connection.index + 1);
    if (second !== undefined) this.#connections.set(second.index, second);
    const peer = this.#wire.dial(transport, this.#listening, manners);
    connection.attach(peer, paused, manners.linger === true);
  }

  #onTesteeEvent(event: TesteeEvent): void {
    const { name, role } = this.context;
    if (event.event === "open" && event.listener === name) this.#accepted.push(event.conn);
    const own = [...this.#connections.values()].find((other) => other.testeeId === event.conn);
    const accepted = this.#accepted.indexOf(event.conn);
    if (own === undefined && accepted < 0) return;
    const incoming = [...this.#connections.values()].filter((other) => !other.isSecondLeg);
    const conn = own?.index ?? (role === "listen" ? (incoming[accepted]?.index ?? -1) : 0);
    this.#heard += 1;
    if (this.#heard > MOST_EVENTS) return;
    this.recorder.record({ kind: "testee", conn, event: shorten(event) });
  }

  #forget(id: string): void {
    // Whether it worked is of no interest: the case is over.
    this.context.testee.request({ cmd: "close", conn: id }).catch(() => undefined);
  }
}

/** An event, or the beginning of one that is too long to be kept. */
function shorten(event: TesteeEvent): unknown {
  const text = JSON.stringify(event);
  return text.length <= MOST_CHARACTERS ? event : { cut: text.slice(0, MOST_CHARACTERS) };
}
