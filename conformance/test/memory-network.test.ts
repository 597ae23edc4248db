/** The network in memory, against the sockets of the operating system where both can be asked. */
import { describe, expect, test } from "vitest";
import type { StreamSocket } from "../src/network/network.ts";
import { type Machine, systemMachine } from "../src/time/machine.ts";
import { runVirtual } from "../src/time/run-virtual.ts";
import type { VirtualClock } from "../src/time/virtual.ts";
import { VirtualWorld } from "../src/time/world.ts";

/** What happens at an end of a connection, as one list. */
function watch(socket: StreamSocket): string[] {
  const seen: string[] = [];
  socket.on("connect", () => seen.push("connect"));
  socket.on("data", (chunk: Buffer) => seen.push(`data ${chunk}`));
  socket.on("end", () => seen.push("end"));
  socket.on("error", (error: NodeJS.ErrnoException) => seen.push(`error ${error.code}`));
  socket.on("close", () => seen.push("close"));
  return seen;
}

interface Pair {
  readonly client: StreamSocket;
  readonly server: StreamSocket;
  readonly machine: Machine;
  readonly release: () => void;
}

async function connect(client: Machine, server: Machine): Promise<Pair> {
  let accepted: (socket: StreamSocket) => void = () => undefined;
  const waiting = new Promise<StreamSocket>((resolve) => {
    accepted = resolve;
  });
  const listener = await server.network.listen(accepted);
  const socket = client.network.connect(listener.address);
  const other = await waiting;
  const release = (): void => {
    listener.close();
    socket.destroy();
    other.destroy();
  };
  return { client: socket, server: other, machine: client, release };
}

/** From an act to the last of what comes of it, in turns of an event loop. */
const TURNS = 8;

/** A timer alone may fire before anything is read, if the process was kept from running meanwhile. */
async function sleep({ time }: Machine, ms: number): Promise<void> {
  await new Promise<void>((resolve) => void time.after(ms, resolve));
  for (let turn = 0; turn < TURNS; turn += 1)
    await new Promise<void>((resolve) => time.turn(resolve));
}

/** Does the same with sockets in memory and with real ones; both must see the same. */
async function both<T>(work: (pair: Pair) => Promise<T>): Promise<T> {
  const [memory] = await runVirtual([0], 1, async (_, clock: VirtualClock) => {
    const world = new VirtualWorld(clock);
    return work(await connect(world.machine(1), world.machine(2)));
  });
  const pair = await connect(systemMachine, systemMachine);
  const real = await work(pair).finally(pair.release);
  expect(memory).toEqual(real);
  return real;
}

describe("a connection", () => {
  test("carries octets both ways, and ends one direction at a time", async () => {
    const seen = await both(async ({ client, server, machine }) => {
      const [atClient, atServer] = [watch(client), watch(server)];
      client.end("question");
      await sleep(machine, 30);
      server.end("answer");
      await sleep(machine, 30);
      return { atClient: atClient.filter((what) => what !== "connect"), atServer };
    });
    expect(seen).toEqual({
      atClient: ["data answer", "end", "close"],
      atServer: ["data question", "end", "close"],
    });
  });

  test("that is cut is an error at the other end", async () => {
    const seen = await both(async ({ client, server, machine }) => {
      const atServer = watch(server);
      watch(client);
      client.resetAndDestroy();
      await sleep(machine, 30);
      return atServer;
    });
    expect(seen).toEqual(["error ECONNRESET", "close"]);
  });

  test("that is closed with octets unread is cut", async () => {
    const seen = await both(async ({ client, server, machine }) => {
      const atClient = watch(client);
      server.pause();
      // More than a stream reads ahead.
      client.write(Buffer.alloc(262_144));
      await sleep(machine, 30);
      server.destroy();
      await sleep(machine, 30);
      return atClient.filter((what) => what !== "connect");
    });
    expect(seen).toEqual(["error ECONNRESET", "close"]);
  });

  test("to a closed end is cut by whoever writes on", async () => {
    const seen = await both(async ({ client, server, machine }) => {
      watch(server);
      const atClient = watch(client);
      server.destroy();
      await sleep(machine, 30);
      client.write("one");
      await sleep(machine, 30);
      if (client.writable) client.write("two");
      await sleep(machine, 30);
      const last = atClient.filter((what) => what !== "connect");
      // A system says it at the first write or at the second, with one code or the other.
      return [last[0], last.some((what) => what.startsWith("error")), last.at(-1)];
    });
    expect(seen).toEqual(["end", true, "close"]);
  });

  test("takes only so much from a writer whose reader has stopped, and all of it in the end", async () => {
    const TOTAL = 64 * 1_048_576;
    const seen = await both(async ({ client, server, machine }) => {
      let received = 0;
      server.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      server.pause();
      client.write(Buffer.alloc(TOTAL));
      await sleep(machine, 50);
      const stuck = client.writableLength > 0 && received === 0;
      let drained = false;
      client.once("drain", () => {
        drained = true;
      });
      server.resume();
      while (received < TOTAL) await sleep(machine, 5);
      return { stuck, drained };
    });
    expect(seen).toEqual({ stuck: true, drained: true });
  });
});

describe("in memory", () => {
  test("what one moment writes comes in one read, of at most 65,536 octets", async () => {
    const [chunks] = await runVirtual([0], 1, async (_, clock) => {
      const world = new VirtualWorld(clock);
      const { client, server, machine } = await connect(world.machine(1), world.machine(2));
      const lengths: number[] = [];
      server.on("data", (chunk: Buffer) => lengths.push(chunk.length));
      client.write("one");
      client.write("two");
      await sleep(machine, 5);
      client.write(Buffer.alloc(70_000));
      await sleep(machine, 5);
      return lengths;
    });
    expect(chunks).toEqual([6, 65_536, 70_000 - 65_536]);
  });

  test("a port where nobody listens refuses", async () => {
    const [seen] = await runVirtual([0], 1, async (_, clock) => {
      const machine = new VirtualWorld(clock).machine(1);
      const listener = await machine.network.listen(() => undefined);
      listener.close();
      const socket = machine.network.connect(listener.address);
      const events = watch(socket);
      await sleep(machine, 5);
      return events;
    });
    expect(seen).toEqual(["error ECONNREFUSED", "close"]);
  });

  test("a stopped process is connected to, and reads what came when it goes on", async () => {
    const [seen] = await runVirtual([0], 1, async (_, clock) => {
      const world = new VirtualWorld(clock);
      const [here, there] = [world.machine(1), world.machine(2)];
      const { client, server } = await connect(here, there);
      let readAt: number | undefined;
      server.on("data", () => {
        readAt = clock.nowNs;
      });
      there.stall(100);
      client.write("hello");
      await sleep(here, 200);
      return Math.round((readAt ?? 0) / 1e6);
    });
    expect(seen).toBe(100);
  });
});
