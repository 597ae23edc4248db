import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PlainLeg } from "../../src/relay/plain-leg.ts";
import { atEnd, cleanUp, handleCount, portOf } from "./support.ts";

let before = 0;
beforeEach(() => {
  before = handleCount();
});
afterEach(() => cleanUp(before));

/** A program, and the leg of it. */
async function legOf(): Promise<{ leg: PlainLeg; program: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const program = connect({ port: portOf(server), host: "127.0.0.1", allowHalfOpen: true });
  program.on("error", () => {});
  const [socket] = (await once(server, "connection")) as [Socket];
  server.close();
  atEnd(() => {
    socket.destroy();
    program.destroy();
  });
  return { leg: new PlainLeg(socket, "a program"), program };
}

/** More than a kernel keeps for a program that does not read. */
const TOO_MUCH = Buffer.alloc(64 * 2 ** 20);

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
