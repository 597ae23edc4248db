/** The reference peer's state machine behind the words of the vectors. */
import { Code, ReferenceConnection } from "../../src/reference/connection.ts";
import { resolveOptions } from "../../src/reference/options.ts";
import type { EndKind, Input, Output, Trace, TraceConfig } from "../../src/vectors/model.ts";
import type { Machine } from "../../src/vectors/play.ts";
import { fromHex, toHex } from "../../src/wire/hex.ts";
import { readSuiteFrame } from "./suite-frames.ts";

/** What its state machine has no word for, because its host does it, or nobody. */
const UNKNOWN: ReadonlySet<string> = new Set(["probe", "transport-failed"]);

/** Why the reference cannot play a trace; undefined if it can. */
export function beyondReference({ steps }: Trace): string | undefined {
  return steps.flatMap((step) => ("in" in step && UNKNOWN.has(step.in) ? [step.in] : []))[0];
}

export class ReferenceMachine implements Machine {
  readonly #connection: ReferenceConnection;
  #blocked = false;
  #progress = false;
  #isClosing = false;
  #input: Input["in"] = "open";

  constructor(config: TraceConfig, random: () => number) {
    this.#connection = new ReferenceConnection(resolveOptions(config, undefined), 0, random);
  }

  nextTimeout(): number | undefined {
    return this.#connection.nextTimeout();
  }

  handleTimeout(now: number): void {
    this.#connection.handleTimeout(now);
  }

  handle(input: Input, now: number): void {
    const connection = this.#connection;
    this.#input = input.in;
    switch (input.in) {
      case "open":
        connection.handleOpen(now, []);
        break;
      case "receive": {
        const octets = fromHex(input.hex);
        connection.handleAnnounced(octets.length);
        connection.handleFrame(octets, now);
        break;
      }
      case "octets":
        connection.handleOctets(1, now);
        break;
      case "send":
        connection.sendMessage(fromHex(input.data_hex));
        break;
      case "close":
        this.#isClosing = true;
        connection.close(input.code, input.reason, now);
        break;
      case "peer-ended":
        connection.handlePeerEnd();
        break;
      case "pause":
        connection.handlePause(now);
        break;
      case "resume":
        connection.handleResume(now);
        break;
      case "block":
        this.#blocked = true;
        break;
      case "progress":
        this.#progress = true;
        break;
      case "unblock":
        this.#blocked = false;
        break;
      case "suspended":
        connection.handleSuspend(input.ms, now);
        break;
      default:
        throw new Error(`the reference knows nothing of ${input.in}`);
    }
  }

  takeOutputs(now: number): Output[] {
    const outputs: Output[] = [];
    let saidWhy = false;
    for (;;) {
      const output = this.#connection.poll(now, !this.#blocked, this.#progress);
      this.#progress = false;
      if (output === undefined) return outputs;
      if (output.kind === "message") {
        outputs.push({ out: "message", data_hex: toHex(output.message) });
      } else if (output.kind === "send") {
        const frame = readSuiteFrame(output.frame);
        if (frame === undefined) throw new Error("it sent what is no frame");
        saidWhy ||= frame.close !== undefined;
        outputs.push({ out: "frame", frame });
      } else if (!this.#isClosing) {
        outputs.push(this.#end(output.code, saidWhy));
      }
    }
  }

  #end(code: number | undefined, saidWhy: boolean): Output {
    const end = (why: EndKind): Output => ({ out: "end", why });
    if (code === undefined) return end("outbound-blocked");
    if (saidWhy && code === Code.HEARTBEAT_TIMEOUT) return end("peer-silent");
    if (saidWhy) return { out: "end", why: "protocol-error", code };
    if (this.#input === "peer-ended") return end("peer-closed");
    return { out: "end", why: "closed-by-peer", code };
  }
}
