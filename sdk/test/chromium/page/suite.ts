/**
 * In the page: the suite of every transport. The end that dials is the browser's own WebSocket,
 * in this page; the end that accepts is in Node, where each call reaches it by a request that this
 * page waits for, because a link answers at once, and what it tells comes over a WebSocket.
 */
import { type Link, type LinkSink, Session } from "pulsewire";
import { connect } from "pulsewire/browser";
import { linkFaults, type TransportFixture, transportSuite } from "pulsewire/testing";
import { browserRuntime } from "../../../dist/browser/runtime.js";
import { Told } from "../far-side-messages.ts";

/** A request that is answered before this returns. */
function ask(path: string, body?: Uint8Array<ArrayBuffer>): string {
  const request = new XMLHttpRequest();
  request.open("POST", `/far/${path}`, false);
  request.send(body ?? null);
  if (request.status !== 200) throw new Error(`the far side: ${request.responseText}`);
  return request.responseText;
}

/** A link in Node. */
class FarLink implements Link {
  readonly transport = "ws";
  readonly remote = "this page";
  readonly #id: string;
  readonly #sinks: Map<string, LinkSink>;

  constructor(id: string, sinks: Map<string, LinkSink>) {
    this.#id = id;
    this.#sinks = sinks;
  }

  start(sink: LinkSink): void {
    this.#sinks.set(this.#id, sink);
    this.#ask("start");
  }

  send(frame: Uint8Array): boolean {
    return this.#ask("send", frame as Uint8Array<ArrayBuffer>) === true;
  }

  octetsSent(): number {
    return this.#ask("octetsSent") as number;
  }

  pause(): boolean {
    return this.#ask("pause") === true;
  }

  resume(): void {
    this.#ask("resume");
  }

  close(info: { code: number; reason: string }): void {
    this.#ask("close", new TextEncoder().encode(JSON.stringify(info)));
  }

  abort(info: { code: number; reason: string }): void {
    this.#ask("abort", new TextEncoder().encode(JSON.stringify(info)));
  }

  #ask(method: string, body?: Uint8Array<ArrayBuffer>): unknown {
    return JSON.parse(ask(`${this.#id}/${method}`, body));
  }
}

/** Hands what the links in Node tell to the sinks that they have here. */
function hear(told: Told, sink: LinkSink | undefined): void {
  switch (told.type) {
    case "frame":
      sink?.onFrame(told.frame);
      break;
    case "octets":
      sink?.onOctets();
      break;
    case "violation":
      sink?.onViolation(told.code, "");
      break;
    case "drain":
      sink?.onDrain();
      break;
    case "close":
      sink?.onClose(told.end);
      break;
  }
}

async function fixture(): Promise<TransportFixture> {
  const open = Session.open;
  const near: Link[] = [];
  const sinks = new Map<string, LinkSink>();
  const { address, told } = JSON.parse(ask("begin")) as { address: string; told: string };
  const control = new WebSocket(told);
  control.binaryType = "arraybuffer";
  control.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const message = Told.decode(new Uint8Array(data));
    hear(message, sinks.get(message.link));
  };
  await new Promise((resolve, reject) => {
    control.onopen = resolve;
    control.onerror = reject;
  });

  /** The link that `connect` makes, taken where it would open a session on it. */
  const dial = async (url: string): Promise<Link> => {
    let dialled: Link | undefined;
    Session.open = (link) => {
      dialled = link;
      return {} as Session;
    };
    try {
      await connect({ url });
    } finally {
      Session.open = open;
    }
    if (dialled === undefined) throw new Error("nothing was dialled");
    near.push(dialled);
    return dialled;
  };
  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: so it is known which two ends belong together. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };

  return {
    links: () =>
      inTurn(async () => {
        const a = await dial(address);
        const accepted = await fetch("/far/accept", { method: "POST" });
        return [a, new FarLink(await accepted.text(), sinks)];
      }),
    peers: async (count) => {
      const started = await fetch("/far/peers", { method: "POST" });
      const url = await started.text();
      const links: Link[] = [];
      for (let n = 0; n < count; n += 1) links.push(await inTurn(() => dial(url)));
      return { links, freeze: () => void ask("freeze"), close: async () => void ask("kill") };
    },
    close: async () => {
      for (const link of near) link.abort({ code: 1, reason: "" });
      await fetch("/far/end", { method: "POST" });
      control.close();
    },
  };
}

/** The cases by name; `fault` is one of {@link linkFaults}, for both ends. */
function cases(maxFrameBytes: number, fault?: string): Map<string, () => Promise<void>> {
  const found = new Map<string, () => Promise<void>>();
  const setup = async (): Promise<TransportFixture> => {
    const whole = await fixture();
    const broken = fault === undefined ? undefined : linkFaults[fault]?.();
    if (broken === undefined) return whole;
    return {
      ...whole,
      links: async () => {
        const [a, b] = await whole.links();
        return [broken(a), broken(b)];
      },
    };
  };
  transportSuite(
    {
      name: "browser",
      setup,
      capabilities: { maxFrameBytes, peerProcess: true },
      runtime: browserRuntime,
      patienceMs: fault === undefined ? 10_000 : 2000,
    },
    {
      describe: (_, body) => body(),
      it: (what, body) => void found.set(what, body),
    },
  );
  return found;
}

declare global {
  interface Window {
    /** The names of the cases that this page can run. */
    suiteCases(maxFrameBytes: number): string[];
    /** Resolves with what went wrong; undefined if nothing did. */
    suiteRun(maxFrameBytes: number, name: string, fault?: string): Promise<string | undefined>;
  }
}

window.suiteCases = (maxFrameBytes) => [...cases(maxFrameBytes).keys()];
window.suiteRun = async (maxFrameBytes, name, fault) => {
  const run = cases(maxFrameBytes, fault).get(name);
  if (run === undefined) return `there is no case "${name}"`;
  try {
    await run();
    return undefined;
  } catch (error) {
    return String(error instanceof Error ? error.stack : error);
  }
};
