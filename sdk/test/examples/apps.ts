// Two apps as people have them: what they write to gain heartbeats, and what their users see.
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import type { WebSocketServer } from "ws";

/** The lines that are in `after` and not in `before`: what somebody has to write, changed lines among it. */
export function written(before: string, after: string): string[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  // The longest common subsequence of what is left from line i of a and line j of b on.
  const common = a.map(() => new Array<number>(b.length).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = common[i];
      if (row) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; j < b.length; ) {
    if (i < a.length && a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (i < a.length && at(i + 1, j) >= at(i, j + 1)) i += 1;
    else {
      lines.push(b[j] ?? "");
      j += 1;
    }
  }
  return lines;
}

interface Client {
  send(message: unknown): void;
  leave(): void;
}
export type Join = (
  where: unknown,
  name: string,
  onMessage: (message: unknown) => void,
  onClose: () => void,
) => Promise<Client>;

/** An app of an example. */
export interface App {
  readonly serve: () => Server | WebSocketServer;
  readonly join: Join;
}

export async function loadApp(path: string): Promise<App> {
  return await import(new URL(`../../examples/${path}`, import.meta.url).href);
}

export function readExample(path: string): string {
  return readFileSync(new URL(`../../examples/${path}`, import.meta.url), "utf8");
}

/** The times in what an example printed: "after 1503 ms". */
export function timesIn(output: string, start: string): number[] {
  const line = output.split("\n").find((each) => each.startsWith(start)) ?? "";
  return [...line.matchAll(/after (\d+) ms/g)].map(([, ms]) => Number(ms));
}

/** What ann and bob are told while the same things happen, on whichever of the two. */
export async function transcript(
  { serve, join }: App,
  address: (port: number) => unknown,
  say: readonly unknown[],
  answers: number,
): Promise<{ ann: unknown[]; bob: unknown[] }> {
  const server = serve();
  if ("listen" in server) server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const where = address((server.address() as AddressInfo).port);
  const heard = new EventEmitter();
  const told = { ann: [] as unknown[], bob: [] as unknown[] };
  const listener = (name: "ann" | "bob") => (message: unknown) => {
    told[name].push(message);
    heard.emit("message");
  };
  const until = async (is: () => boolean): Promise<void> => {
    while (!is()) await once(heard, "message");
  };
  const ann = await join(where, "ann", listener("ann"), () => heard.emit("ann closed"));
  await until(() => told.ann.length === 1);
  const bob = await join(where, "bob", listener("bob"), () => heard.emit("bob closed"));
  await until(() => told.ann.length === 2 && told.bob.length === 1);
  for (const message of say) bob.send(message);
  await until(() => told.bob.length === 1 + answers);
  const bobIsOut = once(heard, "bob closed");
  bob.leave();
  const before = told.ann.length;
  await until(() => told.ann.length > before);
  await bobIsOut;
  const annIsOut = once(heard, "ann closed");
  ann.leave();
  await annIsOut;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return told;
}
