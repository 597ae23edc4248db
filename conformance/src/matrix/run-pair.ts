/** One run: two peers are connected through a tap, and what passes there is recorded. It judges nothing. */
import type { RunningTestee } from "../runner/testee-pool.ts";
import type { Sending, TesteeCommand, TesteeEvent, TesteeReply } from "../testee/contract.ts";
import type { Machine } from "../time/machine.ts";
import type { StallMonitor } from "../trace/stall-monitor.ts";
import { type PairSetup, type PairTrace, SIDES, type Side } from "./model.ts";
import { type Action, scriptFor } from "./script.ts";
import type { Strike } from "./strike.ts";
import type { Manner } from "./tap/flow.ts";
import { PairRecorder } from "./tap/recorder.ts";
import { Tap } from "./tap/tap.ts";

/** On loopback a connection is there within this time, or never, in milliseconds. */
const CONNECT_LIMIT_MS = 3_000;
/** When both have let go, what they still have to say is heard for so long, in milliseconds. */
const QUIET_MS = 60;
/** The constant latency of each direction, in units. */
const DELAY = 0.5;

/** A testee says that it cannot do what it claimed it can. */
export class ClaimError extends Error {
  override readonly name = "ClaimError";
}

export interface PairContext {
  readonly machine: Machine;
  readonly monitor: Pick<StallMonitor, "observe">;
  readonly testees: Readonly<Record<Side, RunningTestee>>;
  /** Unique among all runs that share a testee: connection names begin with it. */
  readonly name: string;
  /** In [0, 1): how much of a unit later than usual a fault comes. */
  readonly phase: number;
  /** What is done to a process, where the fault is one of that kind. */
  readonly strike?: Strike;
}

export function runPair(setup: PairSetup, context: PairContext): Promise<PairTrace> {
  return new PairRun(setup, context).run();
}

class PairRun {
  readonly #setup: PairSetup;
  readonly #context: PairContext;
  readonly #recorder: PairRecorder;
  /** What the testees call the ends of the connection. */
  readonly #conns: Partial<Record<Side, string>> = {};
  readonly #stops: (() => void)[] = [];
  #tap: Tap | undefined;
  #hasStruck = false;

  constructor(setup: PairSetup, context: PairContext) {
    this.#setup = setup;
    this.#context = context;
    this.#recorder = new PairRecorder(context.machine.time);
  }

  async run(): Promise<PairTrace> {
    this.#watch();
    try {
      if (await this.#connect()) await this.#perform();
    } finally {
      if (!this.#hasStruck) this.#context.strike?.leave();
      this.#recorder.record({ kind: "finish" });
      this.#tap?.dispose();
      for (const stop of this.#stops) stop();
    }
    await this.#letGo();
    return this.#recorder.trace();
  }

  /** Everything that is recorded beside what passes the tap. */
  #watch(): void {
    const { monitor, testees } = this.#context;
    this.#stops.push(monitor.observe((lagNs) => this.#recorder.record({ kind: "lag", lagNs })));
    for (const side of SIDES) {
      const { client, onStarved } = testees[side];
      this.#stops.push(
        client.observe((event) => this.#onTesteeEvent(side, event)),
        onStarved((waitNs) => this.#recorder.record({ kind: "starved", side, waitNs })),
      );
    }
  }

  #onTesteeEvent(side: Side, event: TesteeEvent): void {
    if (side === "listener" && event.event === "open" && "listener" in event)
      if (event.listener === this.#name("listener")) this.#conns.listener ??= event.conn;
    const isOurs = event.conn === this.#conns[side] || event.conn === this.#name(side);
    if (isOurs) this.#recorder.record({ kind: "testee", side, event });
  }

  /** Resolves with true if the connection came about. */
  async #connect(): Promise<boolean> {
    const { setup, client } = { setup: this.#setup, client: this.#context.testees.listener.client };
    const { transport, sides } = setup;
    const open = { cmd: "open", transport } as const;
    const conn = this.#name("listener");
    const listening = await this.#ask("listener", {
      ...open,
      conn,
      role: "listen",
      config: sides.listener,
    });
    if ("err" in listening) throw refused("listener", listening);
    this.#tap = await Tap.start({
      machine: this.#context.machine,
      transport,
      listener: client.listening(listening),
      manner: mannerOf(setup),
      recorder: this.#recorder,
    });
    this.#conns.dialer = this.#name("dialer");
    const dialled = await this.#ask("dialer", {
      ...open,
      conn: this.#conns.dialer,
      role: "dial",
      address: this.#tap.address,
      config: sides.dialer,
    });
    if ("err" in dialled && dialled.err !== "failed") throw refused("dialer", dialled);
    if ("err" in dialled) {
      const { err, why } = dialled;
      this.#recorder.record({ kind: "testee", side: "dialer", event: { reply: err, why } });
      return false;
    }
    await this.#until(() => this.#conns.listener !== undefined, CONNECT_LIMIT_MS);
    return this.#conns.listener !== undefined;
  }

  async #perform(): Promise<void> {
    const { unitMs } = this.#setup;
    const { actions, watch } = scriptFor(this.#setup, this.#context.name, this.#context.phase);
    let begun = this.#recorder.now();
    for (const { at, does } of actions) {
      const dueNs = begun + at * unitMs * 1e6;
      await this.#until(() => this.#isOver, (dueNs - this.#recorder.now()) / 1e6);
      if (this.#isOver) break;
      await this.#act(does);
      // What a process is put through takes as long as it takes.
      if (does.kind === "fault" && this.#context.strike !== undefined)
        begun = this.#recorder.now() - at * unitMs * 1e6;
    }
    await this.#until(() => this.#isOver, watch * unitMs);
    await this.#until(() => false, QUIET_MS);
  }

  async #act(does: Action["does"]): Promise<void> {
    switch (does.kind) {
      case "say":
        for (const message of does.messages) this.#say(message);
        return;
      case "close":
        this.#recorder.record({ kind: "command", side: this.#setup.closer, command: "close" });
        this.#tellConnection(this.#setup.closer, { cmd: "close" });
        return;
      case "fault":
        await this.#fault();
    }
  }

  #say(message: Sending): void {
    const { text } = message;
    this.#recorder.record({
      kind: "command",
      side: this.#setup.speaker,
      command: "send",
      bytes: message.bytes ?? Buffer.byteLength(text ?? ""),
      ...(text === undefined ? {} : { text }),
    });
    this.#tellConnection(this.#setup.speaker, { cmd: "send", ...message });
  }

  async #fault(): Promise<void> {
    const { strike } = this.#context;
    this.#hasStruck = true;
    if (strike !== undefined) {
      await strike.join((what) => this.#recorder.record({ kind: "fault", what }));
      return;
    }
    switch (this.#setup.fault) {
      case "black-hole":
        this.#tap?.hole(SIDES);
        return;
      case "black-hole-to-dialer":
        this.#tap?.hole(["dialer"]);
        return;
      case "black-hole-to-listener":
        this.#tap?.hole(["listener"]);
        return;
      case "reset":
        this.#tap?.reset();
        return;
      default:
        throw new Error(`nothing is to be done for ${this.#setup.fault}`);
    }
  }

  /** Both sides have let go of the transport, or have none any more. */
  get #isOver(): boolean {
    return SIDES.every((side) => this.#tap?.hasEnded(side) === true);
  }

  /** Tells the application of a side something; what becomes of it the wire shows. */
  #tellConnection(side: Side, command: { readonly cmd: "send" | "close" } & Sending): void {
    const conn = this.#conns[side];
    if (conn === undefined) return;
    this.#ask(side, { ...command, conn }).catch(() => {
      // A testee that breaks its contract is found broken at the end.
    });
  }

  /** Frees what the testees hold. Each must still be there to be asked. */
  async #letGo(): Promise<void> {
    const { strike, testees } = this.#context;
    const ask = async (side: Side, conn: string): Promise<void> => {
      // Who was killed on purpose is not asked.
      if (strike?.hasKilled(testees[side]) === true) return;
      await this.#ask(side, { cmd: "close", conn });
    };
    await Promise.all(SIDES.map((side) => ask(side, this.#name(side))));
  }

  #ask(side: Side, command: TesteeCommand): Promise<TesteeReply> {
    return this.#context.testees[side].client.request(command);
  }

  #name(side: Side): string {
    return `${this.#context.name}.${side}`;
  }

  /** Waits until something is so, but no longer than this. */
  #until(condition: () => boolean, limitMs: number): Promise<void> {
    if (condition() || limitMs <= 0) return Promise.resolve();
    const { time } = this.#context.machine;
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#recorder.listener = undefined;
        resolve();
      };
      const cancel = time.after(limitMs, done);
      this.#recorder.listener = () => {
        if (condition()) done();
      };
    });
  }
}

function mannerOf({ fault, unitMs }: PairSetup): Manner {
  if (fault === "slices") return "slices";
  return fault === "delay" ? { delayMs: DELAY * unitMs } : "whole";
}

function refused(side: Side, reply: Extract<TesteeReply, { err: string }>): Error {
  const why = reply.why === undefined ? "" : ` (${reply.why})`;
  return new ClaimError(`the ${side} refused to open: ${reply.err}${why}`);
}
