/** The accepting ends of a page's links: {@link FarLink} of page/suite.ts calls them from there. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Link, type ListenerOptions, Session, type SessionListener } from "pulsewire";
import { listen } from "pulsewire/ws";
import { type WebSocket, WebSocketServer } from "ws";
import { Told } from "./far-side-messages.ts";

/** The limit of the links made here: the smallest there is, so that the frame beyond it is small too. */
export const MAX_FRAME_BYTES = 70_000;

/** Serves one case after the other. */
export class FarSide {
  readonly #links: Link[] = [];
  /** Accepted and not yet asked for. */
  readonly #accepted: number[] = [];
  #wake: () => void = () => {};
  #listener: SessionListener | undefined;
  #control: WebSocketServer | undefined;
  #page: WebSocket | undefined;
  #peer: ChildProcess | undefined;

  /** Answers a request of the page. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const [, , what = "", method = ""] = (request.url ?? "").split("/");
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", async () => {
      try {
        const link = this.#links[Number(what)];
        const body = Buffer.concat(parts);
        const answer =
          link === undefined ? await this.#do(what) : call(link, method, body, this.#tell(what));
        response.end(answer);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
  };

  async close(): Promise<void> {
    await this.#end();
  }

  async #do(what: string): Promise<string> {
    switch (what) {
      case "begin":
        return this.#begin();
      case "accept":
        return this.#accept();
      case "peers":
        return this.#peers();
      case "freeze":
        this.#peer?.kill("SIGSTOP");
        return "";
      case "kill":
        await this.#kill();
        return "";
      case "end":
        await this.#end();
        return "";
      default:
        throw new Error(`nobody knows ${what}`);
    }
  }

  async #begin(): Promise<string> {
    await this.#end();
    const open = Session.open;
    // Where the binding would open a session, the link is taken instead.
    Session.open = (link) => {
      this.#accepted.push(this.#links.push(link) - 1);
      this.#wake();
      // What the listener looks at.
      return { closed: Promise.resolve(), close: async () => {} } as unknown as Session;
    };
    try {
      this.#listener = await listen({ port: 0, maxFrameBytes: MAX_FRAME_BYTES } as ListenerOptions);
    } catch (error) {
      Session.open = open;
      throw error;
    }
    this.#control = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    this.#control.on("connection", (page) => {
      this.#page = page;
    });
    await once(this.#control, "listening");
    const { port } = this.#control.address() as AddressInfo;
    return JSON.stringify({
      address: this.#listener.address,
      told: `ws://127.0.0.1:${port}`,
    });
  }

  async #accept(): Promise<string> {
    while (this.#accepted.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return String(this.#accepted.shift());
  }

  async #peers(): Promise<string> {
    const script = fileURLToPath(new URL("../transports/peer-process.js", import.meta.url));
    this.#peer = spawn(process.execPath, [script, "ws"], { stdio: ["pipe", "pipe", "inherit"] });
    const { stdout } = this.#peer;
    if (stdout === null) throw new Error("the peer is mute");
    const [line] = (await once(createInterface({ input: stdout }), "line")) as [string];
    return line;
  }

  async #kill(): Promise<void> {
    const peer = this.#peer;
    if (peer === undefined || peer.exitCode !== null || peer.signalCode !== null) return;
    peer.kill("SIGKILL");
    await once(peer, "exit");
  }

  async #end(): Promise<void> {
    await this.#kill();
    for (const link of this.#links) link.abort({ code: 1, reason: "" });
    // Not emptied: a number names one link for ever, and what comes late finds it closed.
    this.#accepted.length = 0;
    await this.#listener?.close();
    this.#listener = undefined;
    for (const client of this.#control?.clients ?? []) client.terminate();
    this.#control?.close();
    this.#control = undefined;
  }

  #tell(link: string): (told: DistributiveOmit<Told, "link">) => void {
    const page = this.#page;
    return (told) => page?.send(Told.encode({ link, ...told }));
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** One call of one link. */
function call(
  link: Link,
  method: string,
  body: Buffer,
  tell: (told: DistributiveOmit<Told, "link">) => void,
): string {
  switch (method) {
    case "start":
      link.start({
        onFrame: (frame) => tell({ type: "frame", frame }),
        onOctets: () => tell({ type: "octets" }),
        onViolation: (code) => tell({ type: "violation", code }),
        onDrain: () => tell({ type: "drain" }),
        onClose: (end) => tell({ type: "close", end }),
      });
      return "null";
    case "send":
      return JSON.stringify(link.send(new Uint8Array(body)));
    case "octetsSent":
      return JSON.stringify(link.octetsSent());
    case "pause":
      return JSON.stringify(link.pause());
    case "resume":
      link.resume();
      return "null";
    case "close":
      link.close(JSON.parse(body.toString()));
      return "null";
    case "abort":
      link.abort(JSON.parse(body.toString()));
      return "null";
    default:
      throw new Error(`a link cannot ${method}`);
  }
}
