import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { describe, expect, it, onTestFinished } from "vitest";
import { urlOf } from "../../src/grpc/address.ts";
import { Connections } from "../../src/grpc/connections.ts";
import { livenessServiceDefinition } from "../../src/grpc/definition.ts";
import { createService, type LivenessServiceOptions } from "../../src/grpc/service.ts";
import { accepted, closing, event, hostPort, open } from "./support.ts";

/** Enough for a client that does call, on a machine that is busy. */
const FIRST_CALL_MS = 1500;

describe("a connection", () => {
  it("is let go of when it never makes a call", async () => {
    const { port } = await door("127.0.0.1", 100);
    const idle = connectTcp(port, "127.0.0.1");
    idle.on("error", () => {});
    onTestFinished(() => void idle.destroy());
    idle.resume();
    await event(idle, "close");
  });

  it.each(["127.0.0.1", "::1"])("stays when it has made one, from %s", async (host) => {
    const { target, listener } = await door(host, FIRST_CALL_MS);
    const session = await open({ target });
    const peer = await accepted(listener);
    await wait(FIRST_CALL_MS + 300);
    expect([session.state, peer.state]).toEqual(["open", "open"]);
  });

  it("stays while authorize thinks about its call", async () => {
    const authorize = async (): Promise<boolean> => {
      await wait(FIRST_CALL_MS + 300);
      return true;
    };
    const { target } = await door("127.0.0.1", FIRST_CALL_MS, { authorize });
    expect((await open({ target })).state).toBe("open");
  });
});

/** What `listen` puts together, with a time for the first call that a test can wait for. */
async function door(host: string, firstCallMs: number, options: LivenessServiceOptions = {}) {
  const server = new Server();
  onTestFinished(() => server.forceShutdown());
  const connections = new Connections(firstCallMs);
  const { implementation, listener } = createService(options, "here", async () => {}, connections);
  closing(listener);
  server.addService({ ...livenessServiceDefinition }, { ...implementation });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = createServer((socket) => {
    socket.on("error", () => {});
    connections.add(socket);
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve) => sockets.listen(0, host, resolve));
  onTestFinished(() => {
    sockets.close();
    connections.destroy();
  });
  const { port } = sockets.address() as AddressInfo;
  return { port, target: hostPort(urlOf(false, host, port)), listener };
}
