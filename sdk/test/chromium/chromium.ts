/** A real Chromium for a test file: started once, and ended whatever happens. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type Page,
} from "playwright-core";
import { describe } from "vitest";
import { findChromium } from "./chromium-program.ts";

const START_MS = 60_000;

/** For every test of this folder: skipped where there is no Chromium, which require.ts says once. */
export const describeInChromium: ReturnType<typeof describe.skipIf> = describe.skipIf(
  findChromium() === undefined,
);

/** What went on in a page, besides what it shows. */
export interface Watched {
  readonly page: Page;
  readonly devtools: CDPSession;
  /** Uncaught errors, and what the console has as one. */
  readonly errors: readonly string[];
  /** WebSockets that the page has begun to open, and those of them that are not closed yet. */
  readonly sockets: { readonly opened: number; readonly open: number };
}

type WaitUntil = "load" | "commit";

export interface Chromium {
  readonly browser: Browser;
  readonly context: BrowserContext;
  /** A new tab of the one window, in front of the others. */
  open(url: string, waitUntil?: WaitUntil): Promise<Watched>;
  /** A DevTools session of the whole browser. */
  devtools(): Promise<CDPSession>;
  close(): Promise<void>;
}

/**
 * Starts Chromium as a user's would start: playwright's own launch keeps every page visible and its
 * timers unthrottled, which is what is under test here.
 */
export async function startChromium(...flags: string[]): Promise<Chromium> {
  const program = findChromium();
  if (program === undefined) throw new Error("there is no Chromium");
  const profile = mkdtempSync(join(tmpdir(), "pulsewire-chromium-"));
  const child = spawn(
    program,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      ...flags,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = once(child, "exit");
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const end = async (): Promise<void> => {
    kill();
    await exited;
    process.off("exit", kill);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const endpoint = await endpointOf(child);
    const browser = await chromium.connectOverCDP(endpoint, {
      noDefaults: true,
      timeout: START_MS,
    });
    const [context] = browser.contexts();
    if (context === undefined) throw new Error("Chromium has no window");
    return {
      browser,
      context,
      open: (url, waitUntil = "load") => openPage(context, url, waitUntil),
      devtools: () => browser.newBrowserCDPSession(),
      close: async () => {
        // So that all of its processes are gone before their profile is; or else by force.
        const devtools = await browser.newBrowserCDPSession();
        devtools.send("Browser.close").catch(() => {});
        await Promise.race([exited, pass(5000, undefined, { ref: false })]);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string) => reject(new Error(`Chromium ${why}:\n${said}`));
    const timer = setTimeout(() => fail(`did not start in ${START_MS} ms`), START_MS);
    child.once("exit", () => fail("ended"));
    child.stderr?.on("data", (text: Buffer) => {
      said = (said + text.toString()).slice(-10_000);
      const endpoint = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (endpoint === undefined) return;
      clearTimeout(timer);
      resolve(endpoint);
    });
  });
}

async function openPage(
  context: BrowserContext,
  url: string,
  waitUntil: WaitUntil,
): Promise<Watched> {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  const open = new Set<string>();
  let opened = 0;
  const devtools = await context.newCDPSession(page);
  devtools.on("Network.webSocketCreated", ({ requestId }) => {
    open.add(requestId);
    opened += 1;
  });
  devtools.on("Network.webSocketClosed", ({ requestId }) => void open.delete(requestId));
  await devtools.send("Network.enable");
  await page.goto(url, { waitUntil });
  const sockets = {
    get opened() {
      return opened;
    },
    get open() {
      return open.size;
    },
  };
  return { page, devtools, errors, sockets };
}
