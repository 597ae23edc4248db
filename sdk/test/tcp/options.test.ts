import { createServer, Socket } from "node:net";
import { attach, type ConnectOptions, connect, type ListenOptions, listen } from "pulsewire/tcp";
import { expect, it } from "vitest";
import { freePort } from "../ports.ts";

it.each([
  ["onEvent", "log"],
  ["onSession", 5],
  ["heartbeatTime", 5000],
])("%s: %s is refused before the port is opened", async (name, value) => {
  const port = await freePort();
  const options = { port, [name]: value } as ListenOptions;
  await expect(listen(options)).rejects.toMatchObject({ code: "PW_CONFIG" });
  // Nobody listens: the port can be taken.
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
});

it.each([undefined, null, {}, { port: 1, signal: "x" }])(
  "connect(%o) is refused",
  async (given) => {
    await expect(connect(given as ConnectOptions)).rejects.toMatchObject({ code: "PW_CONFIG" });
  },
);

it("a socket that never connected is refused", () => {
  expect(() => attach(new Socket())).toThrow(/^\[PW_CONFIG\]/);
});
