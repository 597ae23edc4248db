import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { CloseCode } from "pulsewire";
import type { BrowserConnectOptions } from "pulsewire/browser";
import { listen } from "pulsewire/ws";
import { expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { describeInChromium } from "./chromium.ts";
import { startServer, useWorld } from "./world.ts";

describeInChromium("what a browser cannot do", () => {
  const world = useWorld();
  const open = () => world.chromium.open(`${world.site.url}sessions`);

  it("make its peer wait: what nobody reads ends the session, UNREAD_LIMIT [PW-LIM-5]", async () => {
    await using server = await startServer({});
    const { page, sockets, errors } = await open();
    await page.evaluate(
      (url) => window.dial({ url, maxUnreadBytes: 10_000 }),
      server.listener.address,
    );
    const { session } = await server.accepted();
    session.send(new Uint8Array(20_000));
    expect(await page.evaluate(() => window.session.closed)).toMatchObject({
      kind: "protocol-error",
      code: CloseCode.UNREAD_LIMIT,
    });
    expect(await session.closed).toMatchObject({
      kind: "closed",
      by: "remote",
      code: CloseCode.UNREAD_LIMIT,
    });
    expect(errors).toEqual([]);
    await expect.poll(() => sockets.open).toBe(0);
    await page.close();
  });

  it("say why a connection was refused: one error for all reasons, which the console may know", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    const other = new WebSocketServer({ port: 0, handleProtocols: () => false });
    await Promise.all([once(silent, "listening"), once(other, "listening")]);
    onTestFinished(() => void silent.close());
    onTestFinished(() => void other.close());
    await using refusing = await listen({ authorize: () => ({ status: 403, message: "no" }) });
    const at = (address: unknown) => `ws://127.0.0.1:${(address as AddressInfo).port}`;
    const { page, errors, sockets } = await open();
    const failure = (options: BrowserConnectOptions) =>
      page.evaluate(
        (given) =>
          window.connect(given).then(
            () => undefined,
            ({ code, side, message }) => ({ code, side, message }),
          ),
        options,
      );
    const refused = { code: "PW_CONNECT_FAILED", side: "remote" };
    for (const url of ["ws://127.0.0.1:1", refusing.address, at(other.address())]) {
      const error = await failure({ url });
      expect(error).toMatchObject(refused);
      expect(error?.message).toMatch(/refused or failed, code 1006$/);
    }
    const slow = await failure({ url: at(silent.address()), connectTimeoutMs: 300 });
    expect(slow).toMatchObject({
      ...refused,
      message: expect.stringContaining("no answer within 300 ms"),
    });
    // What it keeps from the page, it tells the developer.
    expect(errors.join("\n")).toContain("403");
    await expect.poll(() => sockets.open).toBe(0);
    await page.close();
  });

  it("offer a subprotocol that is none", async () => {
    const { page } = await open();
    const error = await page.evaluate(() =>
      window.connect({ url: "ws://127.0.0.1:1", protocols: ["no token"] }).then(
        () => undefined,
        ({ code }) => code,
      ),
    );
    expect(error).toBe("PW_CONFIG");
    await page.close();
  });
});
