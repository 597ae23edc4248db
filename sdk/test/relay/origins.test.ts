import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { relay } from "../../src/relay/index.ts";
import { atEnd, cleanUp, handleCount, program, Watched } from "./support.ts";

let before = 0;
beforeEach(() => {
  before = handleCount();
});
afterEach(() => cleanUp(before));

/** Shakes hands as a browser does that shows a page of `origin`. */
async function answerTo(address: string, origin?: string): Promise<"open" | number> {
  const socket = new WebSocket(address, "pulsewire.v1", origin === undefined ? {} : { origin });
  socket.on("error", () => {});
  atEnd(() => socket.terminate());
  return Promise.race([
    once(socket, "open").then(() => "open" as const),
    once(socket, "unexpected-response").then(([, { statusCode }]) => statusCode as number),
  ]);
}

describe("a web page", () => {
  it.each(["plain", "bridge"])("does not get in unless it is named: %s", async (kind) => {
    const plain = await program((socket) => socket.pipe(socket));
    const to = kind === "plain" ? plain : "tcp://127.0.0.1:1";
    const { address } = await Watched.start({ listen: "ws://127.0.0.1:0", to });
    expect(await answerTo(address, "https://evil.example")).toBe(403);
    expect(await answerTo(address)).toBe("open");
  });

  it("gets in if it is named, and no other", async () => {
    const to = await program((socket) => socket.pipe(socket));
    const origins = ["https://app.example"];
    const { address } = await Watched.start({ listen: "ws://127.0.0.1:0", to, origins });
    expect(await answerTo(address, "https://app.example")).toBe("open");
    expect(await answerTo(address, "http://app.example")).toBe(403);
  });

  it("is known to WebSocket alone", async () => {
    await expect(
      relay({
        listen: "tcp://127.0.0.1:0",
        to: "ws://127.0.0.1:1",
        origins: ["https://a.example"],
      }),
    ).rejects.toThrow(/origins is for listening on ws/);
  });
});

it("a relay does not dial itself", async () => {
  await expect(
    relay({ listen: "tcp://127.0.0.1:7499", to: "plain+tcp://127.0.0.1:7499" }),
  ).rejects.toThrow(/same address/);
});
