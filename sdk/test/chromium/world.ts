/** What every test of sessions in a page needs: a Chromium, a site, and a server that remembers. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { ListenerOptions, Session, SessionEvent, SessionListener } from "pulsewire";
import { listen } from "pulsewire/ws";
import { afterAll, beforeAll } from "vitest";
import { type Chromium, startChromium } from "./chromium.ts";
import { type Site, startSite } from "./site.ts";

export interface World {
  readonly chromium: Chromium;
  readonly site: Site;
}

/** For the tests of the suite in which it is called: one Chromium and one site for all of them. */
export function useWorld(...flags: string[]): World {
  let chromium: Chromium | undefined;
  let site: Site | undefined;
  beforeAll(async () => {
    [chromium, site] = await Promise.all([startChromium(...flags), startSite()]);
  });
  afterAll(async () => {
    await chromium?.close();
    await site?.close();
  });
  return {
    get chromium() {
      if (chromium === undefined) throw new Error("Chromium is not there yet");
      return chromium;
    },
    get site() {
      if (site === undefined) throw new Error("the site is not there yet");
      return site;
    },
  };
}

/** A server's session, and what happened to it when, by the server's clock. */
export interface Kept {
  readonly session: Session;
  readonly heard: { readonly at: number; readonly event: SessionEvent }[];
  /** The times between the heartbeats that came, in ms. */
  gaps(): number[];
}

export interface Server extends AsyncDisposable {
  readonly listener: SessionListener;
  /** In the order in which they were accepted. */
  readonly kept: readonly Kept[];
  /** The session number `index`, once it is there. */
  accepted(index?: number): Promise<Kept>;
}

/** A listener of `pulsewire/ws` that keeps what it hears. */
export async function startServer(options: ListenerOptions & { port?: number }): Promise<Server> {
  const kept: Kept[] = [];
  let wake = (): void => {};
  const listener = await listen({
    port: 0,
    minHeartbeatTimeMs: 100,
    ...options,
    onSession: () => {},
    onEvent: (event, session) => {
      const at = performance.now();
      if (event.type === "open") {
        const heard: Kept["heard"] = [];
        kept.push({ session, heard, gaps: () => gapsOf(heard) });
        wake();
      }
      kept.find((each) => each.session === session)?.heard.push({ at, event });
    },
  });
  return {
    listener,
    kept,
    accepted: async (index = 0) => {
      for (;;) {
        const found = kept[index];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

function gapsOf(heard: Kept["heard"]): number[] {
  const times = heard
    .filter(({ event }) => event.type === "heartbeat-received")
    .map(({ at }) => at);
  return times.slice(1).map((at, index) => at - (times[index] ?? at));
}

/** The longest of some times, in ms. */
export const longest = (gaps: readonly number[]): number => Math.max(0, ...gaps);

export interface Cable extends AsyncDisposable {
  /** What a page dials instead of the server. */
  readonly url: string;
  /** From now on nothing comes through, in either direction, and nobody is told. */
  cut(): void;
}

/** A TCP connection with a place to cut it, to the server at `address`. */
export async function startCable(address: string): Promise<Cable> {
  const { port, hostname } = new URL(address);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ port: Number(port), host: hostname });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.pipe(to);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
