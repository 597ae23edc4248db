import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Session, SessionEvent, SessionOptions } from "pulsewire";
import * as grpc from "pulsewire/grpc";
import { tcpReachable } from "pulsewire/tcp";
import * as ws from "pulsewire/ws";
import { expect, onTestFinished, test } from "vitest";

const dial: Record<string, (url: string, options: SessionOptions) => Promise<Session>> = {
  ws: (url, options) => ws.connect({ url, ...options }),
  grpc: (url, options) => grpc.connect({ url, ...options }),
};

test.skipIf(process.platform === "win32").each(Object.entries(dial))(
  "%s: a process that is stopped, and goes on: tcpReachable keeps its session",
  async (binding, connect) => {
    const file = fileURLToPath(new URL("./peer-process.js", import.meta.url));
    const child = spawn(process.execPath, [file, binding], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [address] = (await once(createInterface(child.stdout), "line")) as [string];
    const port = Number(new URL(address).port);
    const seen: SessionEvent["type"][] = [];
    let wake = () => {};
    const session = await connect(address, {
      heartbeatTimeMs: 200,
      heartbeatSlackTimeMs: 300,
      confirmDown: tcpReachable({ host: "127.0.0.1", port, timeoutMs: 1000, maxExtensions: 50 }),
      onEvent: ({ type }) => {
        seen.push(type);
        wake();
      },
    });
    const told = async (type: SessionEvent["type"]) => {
      while (!seen.includes(type) && session.end === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    await told("heartbeat-received");
    child.kill("SIGSTOP");
    seen.length = 0; // what a busy machine had raised and settled before is not the subject
    await told("extended");
    seen.length = 0;
    child.kill("SIGCONT");
    await told("recovered");
    expect([session.end, seen.includes("recovered")]).toEqual([undefined, true]);
    await session.close();
  },
);
