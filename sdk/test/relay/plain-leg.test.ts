import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PlainLeg } from "../../src/relay/plain-leg.ts";
import { atEnd, cleanUp, handleCount, portOf } from "./support.ts";

let before = 0;
beforeEach(() => {
  before = handleCount();
});
afterEach(() => {
  vi.useRealTimers();
  return cleanUp(before);
});

/** A program, and the leg of it. */
async function legOf(): Promise<{ leg: PlainLeg; program: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const program = connect({ port: portOf(server), host: "127.0.0.1", allowHalfOpen: true });
  program.on("error", () => {});
  const [[socket]] = (await Promise.all([
    once(server, "connection"),
    once(program, "connect"),
  ])) as [[Socket], unknown];
  server.close();
  atEnd(() => {
    socket.destroy();
    program.destroy();
  });
  return { leg: new PlainLeg(socket, "a program"), program };
}

/** More than a kernel keeps for a program that does not read. */
const TOO_MUCH = Buffer.alloc(64 * 2 ** 20);

/** Writes until the kernel takes no more at once; how many octets it has. */
async function fill(leg: PlainLeg): Promise<number> {
  const piece = Buffer.alloc(64 * 1024);
  for (let bytes = 0; ; bytes += piece.length) {
    const written = leg.write(piece).then(() => true);
    const isTaken = await Promise.race([written, new Promise((later) => setTimeout(later, 50))]);
    if (isTaken !== true) return bytes + piece.length;
  }
}

describe("a program that is reset", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["octets", TOO_MUCH],
  ])("has not ended its direction, with %s waiting for it", async (_, waiting) => {
    const { leg, program } = await legOf();
    if (waiting.length > 0) leg.write(waiting);
    program.write("so far", () => program.resetAndDestroy());
    for (let piece = await leg.read(); piece !== undefined; piece = await leg.read()) {
      expect(String(piece)).toBe("so far");
    }
    expect(leg.isFinished).toBe(false);
    expect(await leg.ended).toMatchObject({ orderly: false });
  });
});

describe("a leg that fails", () => {
  /** Reads all it gets, and says how much that was and how it ended. */
  async function take(program: Socket): Promise<{ bytes: number; why: string }> {
    let bytes = 0;
    program.on("data", (chunk) => {
      bytes += chunk.length;
    });
    const why = await new Promise<string>((resolve) => {
      program.on("error", (error: NodeJS.ErrnoException) => resolve(`${error.code}`));
      program.on("end", () => resolve("an end"));
    });
    return { bytes, why };
  }

  it("lets the program take what it was written, and is reset then", async () => {
    const { leg, program } = await legOf();
    const size = await fill(leg);
    leg.fail();
    expect(await take(program)).toEqual({ bytes: size, why: "ECONNRESET" });
    expect(await leg.ended).toMatchObject({ orderly: false });
  });

  it("takes no more after that, and no end either", async () => {
    const { leg, program } = await legOf();
    await leg.write(Buffer.from("before"));
    leg.fail();
    await leg.write(Buffer.from("after"));
    leg.finish();
    expect(await take(program)).toEqual({ bytes: 6, why: "ECONNRESET" });
  });

  it("waits for no program that was written nothing, and for none if it is stopped", async () => {
    for (const end of ["fail", "stop"] as const) {
      const { leg } = await legOf();
      if (end === "stop") await fill(leg);
      vi.useFakeTimers({ toFake: ["setTimeout"] }); // so that the grace never runs out
      leg[end]();
      expect(await leg.ended).toMatchObject({ orderly: false });
      vi.useRealTimers();
    }
  });
});

describe("a program that ends its direction", () => {
  it("has ended it, though octets wait for it", async () => {
    const { leg, program } = await legOf();
    leg.write(TOO_MUCH);
    program.end("all");
    expect(String(await leg.read())).toBe("all");
    expect(await leg.read()).toBeUndefined();
    expect(leg.isFinished).toBe(true);
    expect(leg.end).toBeUndefined();
  });
});
