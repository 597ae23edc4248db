import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Session } from "pulsewire";
import { attach } from "pulsewire/ws";
import { rolldown } from "rolldown";
import { expect, it, onTestFinished } from "vitest";
import { snippetsOf } from "../docs/snippets.ts";
import { describeInChromium } from "./chromium.ts";
import { useWorld } from "./world.ts";

/** A snippet of docs/browser.md, bundled. */
async function scriptOf(name: string): Promise<string> {
  const snippet = snippetsOf("docs/browser.md").find((each) => each.name === name);
  const build = await rolldown({
    input: name,
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    platform: "browser",
    plugins: [
      {
        name: "snippet",
        resolveId: (id) => (id === name ? `\0${name}` : undefined),
        load: (id) => (id === `\0${name}` ? snippet?.code : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  return output[0].code;
}

describeInChromium("docs/browser.md", () => {
  const world = useWorld();

  it("page.mjs reads, says goodbye as it is left, and comes back", async () => {
    const script = await scriptOf("page.mjs");
    const server = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(
        isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>',
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const sessions: Session[] = [];
    await using _listener = attach(server, {
      path: "/live",
      onSession: async (session) => {
        sessions.push(session);
        for await (const message of session) {
          expect(new TextDecoder().decode(message)).toBe("subscribe to prices");
          session.send(`the ${sessions.length}. price`);
        }
      },
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { devtools } = await world.chromium.open(url);
    const title = async () =>
      (await devtools.send("Runtime.evaluate", { expression: "document.title" })).result.value;
    await expect.poll(title).toBe("the 1. price");
    expect(sessions[0]?.heartbeatTimeMs).toBe(10_000);

    await devtools.send("Page.navigate", { url: "about:blank" });
    expect(await sessions[0]?.closed).toMatchObject({
      kind: "closed",
      by: "remote",
      code: 1,
      reason: "the page was left",
    });
    const { currentIndex, entries } = await devtools.send("Page.getNavigationHistory");
    await devtools.send("Page.navigateToHistoryEntry", {
      entryId: entries[currentIndex - 1]?.id ?? -1,
    });
    await expect.poll(title, { timeout: 10_000 }).toBe("the 2. price");
  });
});
