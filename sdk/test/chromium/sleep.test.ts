import { setTimeout as pass } from "node:timers/promises";
import { CloseCode } from "pulsewire";
import type { BrowserConnectOptions } from "pulsewire/browser";
import { expect, it, onTestFinished } from "vitest";
import { describeInChromium, type Watched } from "./chromium.ts";
import { longest, startCable, startServer, useWorld } from "./world.ts";

const E = 1000;
const SLACK = 1000;
/** The bound of a verdict [PW-LIV-5]; and what a busy machine may add to any figure here. */
const BOUND = E + SLACK + E / 4;
const BUSY = 1500;

describeInChromium("a page that sleeps", () => {
  const world = useWorld();

  /** As far as the page can tell, the lid is shut: the processes of all pages stand still. */
  async function stopPages(): Promise<() => void> {
    const devtools = await world.chromium.devtools();
    const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
    await devtools.detach();
    const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    const wake = (): void => {
      for (const pid of pids.splice(0)) process.kill(pid, "SIGCONT");
    };
    // Also when the test fails: a process that stands still cannot end.
    onTestFinished(wake);
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    return wake;
  }

  async function dial(options: Partial<BrowserConnectOptions> & { url: string }): Promise<Watched> {
    const watched = await world.chromium.open(`${world.site.url}sessions`);
    await watched.page.evaluate(
      (given) => {
        window.tick();
        return window.dial(given);
      },
      { heartbeatTimeMs: E, heartbeatSlackTimeMs: SLACK, ...options },
    );
    return watched;
  }

  const longestTick = ({ page }: Watched) =>
    page.evaluate(() =>
      Math.max(...window.ticks.slice(1).map((at, index) => at - (window.ticks[index] ?? at))),
    );

  const endOf = ({ page }: Watched) => page.evaluate(() => window.session.closed);

  it("stopped for less than its server waits, lives on", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: 4000 });
    const watched = await dial({ url: server.listener.address });
    const kept = await server.accepted();
    const wake = await stopPages();
    await pass(3000);
    wake();
    await pass(BOUND + BUSY);
    expect(await longestTick(watched)).toBeGreaterThan(2500);
    expect(kept.session.end).toBeUndefined();
    expect(longest(kept.gaps())).toBeGreaterThan(2500);
    expect(await watched.page.evaluate(() => window.session.state)).toBe("open");
    expect(watched.errors).toEqual([]);
    await watched.page.close();
  });

  it("stopped for longer, is given up, and learns of it as it wakes", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    const watched = await dial({ url: server.listener.address });
    const kept = await server.accepted();
    const wake = await stopPages();
    const slept = performance.now();
    expect(await kept.session.closed).toMatchObject({ kind: "peer-silent" });
    expect(performance.now() - slept).toBeLessThan(BOUND + BUSY);
    await pass(2000);
    wake();
    const woke = performance.now();
    expect(await endOf(watched)).toMatchObject({ kind: "closed", by: "remote", code: 3 });
    expect(performance.now() - woke).toBeLessThan(BUSY);
    expect(watched.errors).toEqual([]);
    await watched.page.close();
  });

  it("stopped while the network goes, asks once and finds it out", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: 600_000 });
    await using cable = await startCable(server.listener.address);
    const watched = await dial({ url: cable.url });
    await server.accepted();
    const wake = await stopPages();
    cable.cut();
    await pass(E + 3 * SLACK + 1000);
    wake();
    const woke = performance.now();
    // PW-CLK-3: it judges far too late, so it asks and waits for slack once more, and no longer.
    expect(await endOf(watched)).toMatchObject({
      kind: "peer-silent",
      evidence: { pardoned: true },
    });
    const after = performance.now() - woke;
    expect(after).toBeGreaterThan(SLACK - 100);
    expect(after).toBeLessThan(SLACK + E / 4 + BUSY);
    expect(watched.errors).toEqual([]);
    await watched.page.close();
  });

  it("frozen by the browser, keeps a silent WebSocket until it wakes, and wakes without it", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    await using patient = await startServer({ heartbeatSlackTimeMs: 600_000 });
    const watched = await dial({ url: server.listener.address });
    const other = await dial({ url: patient.listener.address });
    const [kept, keptByPatient] = [await server.accepted(), await patient.accepted()];
    for (const { devtools } of [watched, other]) {
      await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    }
    const frozen = performance.now();
    expect(await kept.session.closed).toMatchObject({ kind: "peer-silent" });
    expect(performance.now() - frozen).toBeLessThan(BOUND + BUSY);
    expect(keptByPatient.session.end).toBeUndefined();

    for (const { devtools } of [watched, other]) {
      await devtools.send("Page.setWebLifecycleState", { state: "active" });
    }
    const woke = performance.now();
    // Chromium ends it then, with 1001 for the server [PW-MAP-1] and 1006 for the page.
    expect(await keptByPatient.session.closed).toMatchObject({
      kind: "closed",
      by: "remote",
      code: CloseCode.GOING_AWAY,
    });
    for (const each of [watched, other]) {
      expect(await endOf(each)).toMatchObject({ kind: "link-lost" });
      await expect.poll(() => longestTick(each)).toBeGreaterThan(BOUND - E);
      expect(each.errors.filter((error) => !/Back-Forward Cache/.test(error))).toEqual([]);
    }
    expect(performance.now() - woke).toBeLessThan(BUSY);
    await watched.page.close();
    await other.page.close();
  });

  it("whose wall clock ran ahead asks its server, and lives on if it answers", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: 600_000 });
    await using cable = await startCable(server.listener.address);
    const slow = { heartbeatTimeMs: 8000 };
    const alive = await dial({ url: server.listener.address, ...slow });
    const cutOff = await dial({ url: cable.url, ...slow });
    await server.accepted(1);
    cable.cut();
    // As after a night: the monotonic clock of Linux stands still while the machine sleeps.
    const jump = () => {
      const real = Date.now;
      Date.now = () => real() + 8 * 3_600_000;
    };
    await Promise.all([alive.page.evaluate(jump), cutOff.page.evaluate(jump)]);
    // PW-CLK-5: the timer of the next heartbeat notices, asks, and gives the peer slack.
    expect(await endOf(cutOff)).toMatchObject({ kind: "peer-silent" });
    const told = ({ page }: Watched) =>
      page.evaluate(() => window.heard.map(({ event }) => event.type).join(" "));
    expect(await told(cutOff)).toMatch(/suspended heartbeat-sent( heartbeat-sent)? ended$/);
    await expect
      .poll(() => told(alive), { timeout: 10_000 })
      .toMatch(/suspended .*heartbeat-received/);
    expect(await alive.page.evaluate(() => window.session.end)).toBeUndefined();
    await alive.page.close();
    await cutOff.page.close();
  });
});
