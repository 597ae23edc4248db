// Drives an installed Chromium over its DevTools pipe: enough to open a page, set how it is shown,
// run something in it and take a picture. Nothing listens on a port.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FLAGS = [
  "--headless",
  "--remote-debugging-pipe",
  "--no-sandbox",
  "--no-first-run",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  "--force-color-profile=srgb",
];
const ANSWER_MS = 30_000;

/**
 * @typedef {object} View How a page is shown.
 * @property {number} width
 * @property {number} height
 * @property {"light" | "dark"} scheme
 * @property {boolean} [phone] Touch, and a layout as wide as the screen.
 * @property {"screen" | "print"} [media]
 */

/**
 * @typedef {object} Page
 * @property {(method: string, params?: object) => Promise<any>} send A DevTools command.
 * @property {(url: string) => Promise<void>} open Returns when the page has loaded and is drawn.
 * @property {(view: View) => Promise<void>} show
 * @property {(expression: string) => Promise<any>} run An expression in the page; its JSON value.
 * @property {(full?: boolean) => Promise<Buffer>} picture A PNG of the window, or of the whole page.
 */

/** The command of an installed Chromium, or an error that says how to get one. */
export function findChromium() {
  const wanted = process.env["PULSEWIRE_CHROMIUM"];
  const names = wanted === undefined ? NAMES : [wanted];
  const found = names.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (found === undefined) {
    throw new Error(
      `no Chromium (looked for ${names.join(", ")}): install it with "apt-get install chromium" ` +
        'or "brew install --cask chromium", or name its program in PULSEWIRE_CHROMIUM',
    );
  }
  return found;
}

/**
 * Starts a Chromium, hands `use` a page of it, and ends it whatever happens.
 *
 * @template T
 * @param {(page: Page) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withChromium(use) {
  const profile = mkdtempSync(join(tmpdir(), "pulsewire-chromium-"));
  const child = spawn(findChromium(), [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  try {
    return await use(await firstPage(connect(child)));
  } finally {
    child.kill("SIGKILL");
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Messages are JSON with a NUL after each.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
function connect(child) {
  const input = /** @type {import("node:stream").Writable} */ (child.stdio[3]);
  const output = /** @type {import("node:stream").Readable} */ (child.stdio[4]);
  /** @type {Map<number, { resolve(result: any): void, reject(error: Error): void }>} */
  const waiting = new Map();
  /** @type {Map<string, () => void>} */
  const listeners = new Map();
  let rest = "";
  let lastId = 0;
  output.setEncoding("utf8");
  output.on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages.map((each) => JSON.parse(each))) {
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error !== undefined) waiter?.reject(new Error(message.error.message));
      else waiter?.resolve(message.result);
      if (message.method !== undefined) listeners.get(message.method)?.();
    }
  });
  input.on("error", () => {});
  child.once("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("Chromium ended early"));
  });
  return {
    /** @type {(method: string, params?: object, sessionId?: string) => Promise<any>} */
    send(method, params = {}, sessionId = undefined) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no answer to ${method} in ${ANSWER_MS} ms`)),
          ANSWER_MS,
        );
        const settled = () => clearTimeout(timer);
        waiting.set(id, {
          resolve: (result) => {
            settled();
            resolve(result);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        });
        input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      });
    },
    /** @type {(method: string) => Promise<void>} */
    next: (method) => new Promise((resolve) => listeners.set(method, resolve)),
  };
}

/**
 * @param {ReturnType<typeof connect>} browser
 * @returns {Promise<Page>}
 */
async function firstPage(browser) {
  const { targetInfos } = await browser.send("Target.getTargets");
  const { targetId } = targetInfos.find(
    /** @param {{ type: string }} target */ ({ type }) => type === "page",
  );
  const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
  /** @type {Page["send"]} */
  const send = (method, params) => browser.send(method, params, sessionId);
  await send("Page.enable");
  /** @type {Page["run"]} */
  const run = async (expression) => {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await send("Runtime.evaluate", params);
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    send,
    run,
    async open(url) {
      const loaded = browser.next("Page.loadEventFired");
      await send("Page.navigate", { url });
      // An address that differs in its fragment alone loads nothing.
      await Promise.race([loaded, run("document.readyState").then(() => loaded)]);
      await run("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50)))");
    },
    async show({ width, height, scheme, phone = false, media = "screen" }) {
      await send("Emulation.setDeviceMetricsOverride", {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: phone,
      });
      await send("Emulation.setTouchEmulationEnabled", { enabled: phone });
      await send("Emulation.setEmulatedMedia", {
        media,
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      await run("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50)))");
    },
    async picture(full = false) {
      const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: full });
      return Buffer.from(data, "base64");
    },
  };
}
