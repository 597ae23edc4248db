import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { describeInChromium } from "./chromium.ts";
import { useWorld } from "./world.ts";

const main = fileURLToPath(new URL("../../examples/demo/main.js", import.meta.url));
const PATIENCE = { timeout: 20_000 };

/** Where it is. */
async function startDemo(): Promise<string> {
  const child = spawn(process.execPath, [main, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });
  const [line] = await once(child.stdout, "data");
  return /http:\S+/.exec(String(line))?.[0] ?? "";
}

const text = (page: Page, selector: string) =>
  expect.poll(() => page.textContent(selector), PATIENCE);
const log = (page: Page) => page.locator("#log span").allTextContents();

describeInChromium("the demo page", () => {
  const world = useWorld();

  it("shows a live connection, its loss, and its return", async () => {
    const url = await startDemo();
    const { page, errors } = await world.chromium.open(url);
    await text(page, "#state").toBe("Open");
    await text(page, "#own").toBe("2");
    await text(page, "#promise").toBe("2");
    await text(page, "#rtt").toMatch(/^\d+\.\d$/);
    await text(page, "#clients").toMatch(/a Node process.*another one.*This page/);
    await text(page, "#clients").toMatch(/This pageopen2 s.*s ago/);

    await page.click("#pause");
    await text(page, "#state").toBe("Suspect");
    await text(page, "#state").toMatch(/^Down, again in \d\.\d s$/);
    await text(page, "#why").toMatch(/^Silent for [4-6]\.\d s, so it is gone\./);
    await text(page, "#clients").not.toContain("This page");
    await page.click("#pause");
    await text(page, "#state").toBe("Open");

    await page.click("#restart");
    await expect
      .poll(() => log(page), PATIENCE)
      .toContain("Down. The server said that it is going away.");
    await text(page, "#state").toBe("Open");

    await page.locator("#time").press("Home");
    await text(page, "#own").toBe("0.5");
    await text(page, "#promise").toBe("0.5");
    expect(await page.getAttribute("#time", "aria-valuetext")).toBe("0.5 s");

    // A second page appears in the first.
    const second = await world.chromium.open(url);
    await text(second.page, "#clients").toMatch(/a page, \w+open0\.5 s/);
    await second.page.close();
    // Attempts that fail while the server is away: the browser tells the developer.
    expect(errors.filter((error) => !/^WebSocket connection to/.test(error))).toEqual([]);
    await page.close();
  });

  it("fits a phone, and does without motion", async () => {
    const url = await startDemo();
    const { page, devtools } = await world.chromium.open("about:blank");
    await devtools.send("Emulation.setDeviceMetricsOverride", {
      width: 390,
      height: 844,
      deviceScaleFactor: 1,
      mobile: true,
    });
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "dark" });
    await page.goto(url);
    await text(page, "#state").toBe("Open");
    await text(page, "#clients").toContain("This page");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const inRow = await page.evaluate(() => {
      const table = document.querySelector("table");
      const card = table?.closest(".card");
      return (card?.clientWidth ?? 0) - (table?.scrollWidth ?? 0);
    });
    expect(inRow).toBeGreaterThanOrEqual(32);
    // Steps of a second: of ten looks in half of one, most see the same.
    const seen = new Set<string | null>();
    for (let look = 0; look < 10; look += 1) {
      seen.add(await page.textContent("#heard"));
      await page.waitForTimeout(50);
    }
    expect(seen.size).toBeLessThanOrEqual(3);
    await page.close();
  });
});
