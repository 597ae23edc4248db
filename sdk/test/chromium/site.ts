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
 * Serves a document that runs `page/<name>.ts`. `/pending` is an image that never comes;
 * whatever else is asked for goes to `other`.
 */
export async function startSite(
  name: string,
  other?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Site> {
  const script = await bundle(name);
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://site");
    const isPending = search === "?pending";
    if (pathname === "/") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      const image = isPending ? '<img src="/pending" alt="">' : "";
      response.end(
        `<!doctype html><title>page</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>${image}`,
      );
    } else if (pathname === "/page.js") {
      response.setHeader("content-type", "text/javascript; charset=utf-8");
      response.end(script);
    } else if (pathname !== "/pending") {
      if (other === undefined) response.writeHead(404).end();
      else other(request, response);
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
