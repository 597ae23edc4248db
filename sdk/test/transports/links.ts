import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  type Link,
  type ListenerOptions,
  Session,
  type SessionListener,
  type SessionOptions,
} from "../../src/driver/index.ts";
import type { RemotePeers, TransportFixture } from "../../src/testing/index.ts";

/** How a binding is reached through what it exports, with the options of a session. */
export interface Binding {
  listen(options: ListenerOptions): Promise<SessionListener>;
  connect(address: string, options: SessionOptions): Promise<Session>;
  /** The first argument of peer-process.js: what it is to listen on. */
  readonly peer: string;
}

/** The limit of the links made here: the smallest there is, so that the frame beyond it is small too. */
export const MAX_FRAME_BYTES = 70_000;

type Taken = (link: Link) => void;

/**
 * Links out of what a binding exports, so that dialling and accepting are under
 * test too: where the binding would open a session, the link is taken instead.
 */
export async function bindingFixture(binding: Binding): Promise<TransportFixture> {
  const open = Session.open;
  const accepted: Link[] = [];
  const waiting: Taken[] = [];
  let dialled: Taken | undefined;
  const links: Link[] = [];
  const children: ChildProcess[] = [];

  /** In place of a session: what the bindings look at. */
  const placeholder = (): Session => {
    let end = () => {};
    const closed = new Promise<void>((resolve) => {
      end = resolve;
    });
    return { closed, close: async () => end() } as unknown as Session;
  };
  const taking = async <T>(work: () => Promise<T>): Promise<T> => {
    Session.open = (link, options) => {
      links.push(link);
      if ("accepts" in options) (waiting.shift() ?? ((it) => accepted.push(it)))(link);
      else dialled?.(link);
      return placeholder();
    };
    try {
      return await work();
    } finally {
      Session.open = open;
    }
  };
  const options = { maxFrameBytes: MAX_FRAME_BYTES };
  const listener = await binding.listen({ ...options, accepts: true } as ListenerOptions);

  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: so it is known which two ends belong together. */
  const one = (address: string, isHere: boolean) => {
    const work = turn.then(() =>
      taking(async () => {
        const a = new Promise<Link>((resolve) => {
          dialled = resolve;
        });
        const b = isHere
          ? new Promise<Link>((resolve) => {
              const ready = accepted.shift();
              if (ready === undefined) waiting.push(resolve);
              else resolve(ready);
            })
          : undefined;
        await binding.connect(address, options);
        return [await a, await b] as const;
      }),
    );
    turn = work.catch(() => {});
    return work;
  };

  return {
    links: async () => {
      const [a, b] = await one(listener.address, true);
      if (b === undefined) throw new Error("nothing was accepted");
      return [a, b];
    },
    peers: async (count): Promise<RemotePeers> => {
      const script = fileURLToPath(new URL("peer-process.js", import.meta.url));
      const child = spawn(process.execPath, [script, binding.peer], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      children.push(child);
      const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
      const own: Link[] = [];
      for (let n = 0; n < count; n += 1) own.push((await one(line, false))[0]);
      return {
        links: own,
        freeze: () => void child.kill("SIGSTOP"),
        close: async () => {
          child.kill("SIGKILL");
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        },
      };
    },
    close: async () => {
      for (const child of children) child.kill("SIGKILL");
      for (const link of links) link.abort({ code: 1, reason: "" });
      await listener.close();
    },
  };
}
