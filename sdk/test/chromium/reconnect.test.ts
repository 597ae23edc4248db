import { expect, it } from "vitest";
import { describeInChromium } from "./chromium.ts";
import { startCable, startServer, useWorld } from "./world.ts";

const E = 500;
const SLACK = 500;
const PATIENCE = { timeout: 20_000 };

describeInChromium("a page that connects again", () => {
  const world = useWorld();

  it("finds its server after a restart, by itself, and leaves nothing behind", async () => {
    const first = await startServer({});
    const url = first.listener.address;
    const port = Number(new URL(url).port);
    const { page, errors, sockets } = await world.chromium.open(`${world.site.url}sessions`);
    const options = { url, heartbeatTimeMs: E, heartbeatSlackTimeMs: SLACK, retryBaseMs: 200 };
    await page.evaluate((given) => void window.keep(given), options);
    await first.accepted();
    await first[Symbol.asyncDispose]();

    // While it is away: at least one attempt that fails.
    const retries = () => page.evaluate(() => window.kept.retries);
    await expect.poll(async () => (await retries()).length, PATIENCE).toBeGreaterThan(2);
    expect(await page.evaluate(() => window.kept.sessions.length)).toBe(1);
    await using second = await startServer({ port });
    const { session } = await second.accepted();
    expect((await retries())[0]).toBe("closed");
    expect((await retries())[1]).toMatch(/no connection to ws:.*refused or failed/);
    await expect.poll(() => session.heartbeatTimeMs, PATIENCE).toBe(E);
    await expect.poll(() => page.evaluate(() => window.kept.sessions.length)).toBe(2);

    await page.evaluate(() => window.over.abort());
    expect(await session.closed).toMatchObject({ kind: "closed", by: "remote", code: 1 });
    await expect.poll(() => sockets.open, PATIENCE).toBe(0);
    expect(errors.filter((error) => !/ERR_CONNECTION_REFUSED/.test(error))).toEqual([]);
    await page.close();
  });

  it("finds out that its network is gone, and takes another way", async () => {
    await using server = await startServer({});
    await using cable = await startCable(server.listener.address);
    const { page, errors } = await world.chromium.open(`${world.site.url}sessions`);
    const options = {
      heartbeatTimeMs: E,
      heartbeatSlackTimeMs: SLACK,
      addresses: [{ url: cable.url }, { url: server.listener.address }],
    };
    await page.evaluate((given) => void window.keep(given), { ...options, url: cable.url });
    await server.accepted();
    cable.cut();
    const cutAt = performance.now();
    const { session } = await server.accepted(1);
    // Found by silence, and then the first delay after such an end: 1 to 3 heartbeat-times.
    expect(performance.now() - cutAt).toBeLessThan(E + SLACK + E / 4 + 3 * E + 3000);
    expect(await page.evaluate(() => window.kept.retries)).toEqual(["peer-silent"]);
    expect(session.end).toBeUndefined();
    await page.evaluate(() => window.over.abort());
    expect(await session.closed).toMatchObject({ kind: "closed", by: "remote" });
    expect(errors).toEqual([]);
    await page.close();
  });
});
