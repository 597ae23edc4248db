/**
 * The tap: a proxy of octets between two peers, which reads along and says nothing.
 *
 * What a side does is seen as it is read from that side, what a side knows as it is written to it:
 * so each can be judged by what it had, whatever the tap does to what lies between.
 */
import type { TransportName } from "../../model.ts";
import type { Address, Listener, StreamSocket } from "../../network/network.ts";
import type { Machine } from "../../time/machine.ts";
import { otherSide, SIDES, type Side } from "../model.ts";
import { Flow, type Manner } from "./flow.ts";
import { onlookerFor } from "./onlookers.ts";
import type { PairRecorder } from "./recorder.ts";

interface TapOptions {
  readonly machine: Machine;
  readonly transport: TransportName;
  /** Where the listening peer is. */
  readonly listener: Address;
  readonly manner: Manner;
  readonly recorder: PairRecorder;
}

export class Tap {
  readonly #options: TapOptions;
  readonly #sockets = new Map<Side, StreamSocket>();
  /** By the side that sends. */
  readonly #flows = new Map<Side, Flow>();
  /** Connections beside the first. */
  readonly #others = new Set<StreamSocket>();
  #server: Listener | undefined;
  #isCut = false;
  #isDisposed = false;

  private constructor(options: TapOptions) {
    this.#options = options;
  }

  static async start(options: TapOptions): Promise<Tap> {
    const tap = new Tap(options);
    const { network } = options.machine;
    tap.#server = await network.listen((socket) => tap.#accept(socket));
    return tap;
  }

  /** Where the dialling peer finds it. */
  get address(): Address {
    if (this.#server === undefined) throw new Error("the tap was not started");
    return this.#server.address;
  }

  /** From now on nothing reaches these sides. Their connections stay open, as in a partition. */
  hole(sides: readonly Side[]): void {
    this.#options.recorder.record({ kind: "fault", what: "black hole" });
    for (const side of sides) this.#flows.get(otherSide(side))?.hole();
  }

  /** Cuts both legs: RST. */
  reset(): void {
    this.#options.recorder.record({ kind: "fault", what: "reset" });
    this.#isCut = true;
    for (const socket of this.#sockets.values()) socket.resetAndDestroy();
  }

  /** Whether a side has let go of the transport: over gRPC of the call, as the socket may serve others. */
  hasEnded(side: Side): boolean {
    // By a reset of ours, or one that was passed on.
    if (this.#sockets.get(side)?.destroyed === true) return true;
    const own = this.#flows.get(side);
    const other = this.#flows.get(otherSide(side));
    if (own === undefined || other === undefined) return false;
    if (own.isOver || this.#options.transport !== "grpc") return own.isOver;
    // A status or a cancel is the end of the call for both.
    return own.ends.size > 0 || other.ends.has("status") || other.ends.has("cancel");
  }

  /** Lets go of everything. */
  dispose(): void {
    this.#isDisposed = true;
    this.#server?.close();
    for (const flow of this.#flows.values()) flow.dispose();
    for (const socket of [...this.#sockets.values(), ...this.#others]) socket.destroy();
  }

  #accept(dialer: StreamSocket): void {
    const { machine, listener: address, transport, recorder } = this.#options;
    if (this.#isDisposed || this.#sockets.size > 0) {
      // A library may dial again by itself; one connection is what the run is about.
      dialer.on("error", () => undefined);
      this.#others.add(dialer);
      dialer.destroy();
      return;
    }
    const listener = machine.network.connect(address);
    this.#sockets.set("dialer", dialer).set("listener", listener);
    for (const side of SIDES) this.#join(side);
    // A byte stream is open when it is there; other bindings have a handshake [PW-TCP-2].
    if (transport === "tcp") recorder.record({ kind: "open", side: "dialer" });
    this.#flows.get("listener")?.ready();
    listener.once("connect", () => {
      if (transport === "tcp") recorder.record({ kind: "open", side: "listener" });
      this.#flows.get("dialer")?.ready();
    });
  }

  #join(from: Side): void {
    const source = this.#socket(from);
    const target = this.#socket(otherSide(from));
    const { machine, transport, manner, recorder } = this.#options;
    const onlooker = onlookerFor(transport, from);
    const flow = new Flow(from, source, target, {
      onlooker,
      recorder,
      manner,
      time: machine.time,
    });
    this.#flows.set(from, flow);
    source.setNoDelay(true);
    source.on("error", () => {
      // What was ours to end is no end of theirs. Who has ended, and is written to after that,
      // answers with a reset: that says nothing new, and must not cut off what the other has to read.
      if (!this.#isCut && !this.#isDisposed && !flow.isOver) flow.end("reset");
    });
    flow.start();
  }

  #socket(side: Side): StreamSocket {
    const socket = this.#sockets.get(side);
    if (socket === undefined) throw new Error(`there is no ${side}`);
    return socket;
  }
}
