import { encodeFrame } from "../../src/core/index.ts";
import { channelObserver } from "../../src/diagnostics/index.ts";
import { createRuntime, type SessionOptions } from "../../src/driver/index.ts";
import { VirtualClock } from "../../src/testing/index.ts";
import { scripted } from "../driver/world.ts";

/** A runtime in virtual time that publishes, as the one of Node does in real time. */
export function publishingWorld() {
  const clock = new VirtualClock();
  return { clock, runtime: createRuntime(clock, () => 0.5, channelObserver) };
}

/** A session whose peer is the test. */
export function published(options: SessionOptions = {}, world = publishingWorld()) {
  return scripted(options, world);
}

/** What the peer sends. */
export const frames = {
  heartbeat: (heartbeatTimeMs: number) =>
    encodeFrame({
      version: 1,
      body: "heartbeat",
      heartbeat: {
        heartbeatTimeMs,
        replyRequested: undefined,
        timestamp: undefined,
        echo: undefined,
        heldUs: undefined,
        lowestVersion: undefined,
      },
    }),
  close: (code: number, reason = "", retryAfterMs?: number) =>
    encodeFrame({ version: 1, body: "close", close: { code, reason, retryAfterMs } }),
};

/** Runs `run` and returns what became an uncaught exception meanwhile. */
export async function uncaughtIn(run: () => unknown): Promise<unknown[]> {
  const caught: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => caught.push(error));
  try {
    await run();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  }
  return caught;
}
