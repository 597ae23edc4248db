/** What the pages of the tests are made of: one bundle, one document, one server on loopback. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const sdk = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles `page/<name>.ts` as a user's bundler would bundle the packages that it imports. */
async function bundle(name: string): Promise<string> {
  const input = fileURLToPath(new URL(`page/${name}.ts`, import.meta.url));
  const build = await rolldown({ input, cwd: sdk, platform: "browser" });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  return output[0].code;
}

export interface Site {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/<name>` is a document that runs `page/<name>.ts`, and `/<name>.js` the bundle of it. With
 * `?loading` the document never has all of its parts. What is asked for by POST goes to `posted`.
 */
export async function startSite(
  posted?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Site> {
  const bundles = new Map<string, Promise<string>>();
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://site");
    const [, name = "", extension = ""] = /^\/([a-z-]+)(\.js)?$/.exec(pathname) ?? [];
    if (request.method === "POST") {
      posted?.(request, response);
    } else if (name === "never") {
      // No answer.
    } else if (extension === ".js") {
      const script = bundles.get(name) ?? bundle(name);
      bundles.set(name, script);
      response.setHeader("content-type", "text/javascript; charset=utf-8");
      response.end(await script);
    } else {
      const image = search === "?loading" ? '<img src="/never" alt="">' : "";
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(
        `<!doctype html><title>${name}</title><link rel="icon" href="data:,"><script type="module" src="/${name}.js"></script>${image}`,
      );
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
