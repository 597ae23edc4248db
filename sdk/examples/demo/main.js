// A page with a live connection: its heartbeats both ways, and a server that you can pause and restart.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as pass } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { attach, reconnect } from "pulsewire/ws";
import { rolldown } from "rolldown";
import { Cable } from "./cable.js";

const { port: wanted, runForMs } = readArguments();

// --- the server: an ordinary one of HTTP, with Pulsewire at /live --------------------------------

const files = {
  "/": ["text/html", await readFile(new URL("page/index.html", import.meta.url))],
  "/style.css": ["text/css", await readFile(new URL("page/style.css", import.meta.url))],
  "/page.js": ["text/javascript", await bundle("page/main.js")],
};

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://demo");
  const client = searchParams.get("client") ?? "";
  if (request.method === "POST") {
    if (pathname === "/pause") cable.cut(client);
    else if (pathname === "/resume") cable.mend(client);
    else if (pathname === "/restart") restart();
    response.end();
  } else if (pathname === "/clients") {
    // What the server knows goes another way than the connection that is watched: as data it would
    // take the place of heartbeats.
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const timer = setInterval(() => response.write(`data: ${JSON.stringify(clients())}\n\n`), 250);
    response.on("close", () => clearInterval(timer));
  } else {
    const [type, body] = files[pathname] ?? ["text/plain", undefined];
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-store",
    });
    response.end(body);
  }
}).listen(0, "127.0.0.1");
await once(server, "listening");

/** Session by session: what it is called, and when it was last heard. */
const known = new Map();
const names = new Map();
let listener = serve();
let restarting = false;

function serve() {
  return attach(server, {
    path: "/live",
    minHeartbeatTimeMs: 100,
    authorize: ({ url, socket }) => {
      const client = new URL(url, "http://demo").searchParams.get("client") ?? "?";
      names.set(`${socket.remoteAddress}:${socket.remotePort}`, client);
      return true;
    },
    onSession: (session) => {
      const client = names.get(session.remote) ?? "?";
      names.delete(session.remote);
      known.set(session, { client, heardAt: performance.now() });
      session.closed.then(() => known.delete(session));
    },
    onEvent: (event, session) => {
      const entry = known.get(session);
      if (event.type === "heartbeat-received" && entry !== undefined) {
        entry.heardAt = performance.now();
      }
    },
  });
}

function clients() {
  return [...known].map(([session, { client, heardAt }]) => ({
    client,
    state: session.state,
    heartbeatTimeMs: session.heartbeatTimeMs,
    silentForMs: performance.now() - heardAt,
    rttMs: session.rttMs,
  }));
}

async function restart() {
  if (restarting) return;
  restarting = true;
  await listener.close(); // says GOING_AWAY to every client
  await pass(2000);
  listener = serve();
  restarting = false;
}

// --- between it and its clients: a cable that can be cut -------------------------------------------

const cable = new Cable(server.address().port);
const port = await cable.listen(wanted).catch((error) => {
  const taken = `port ${wanted} is taken: stop what listens there, or choose another with --port`;
  fail(error.code === "EADDRINUSE" ? taken : error.message);
});

// --- two more clients, so that the page is not alone -----------------------------------------------

const stop = new AbortController();
for (const [client, heartbeatTimeMs] of [
  ["a Node process", 1_000],
  ["another one", 5_000],
]) {
  const url = `ws://127.0.0.1:${port}/live?client=${encodeURIComponent(client)}`;
  keep(reconnect({ url, heartbeatTimeMs, signal: stop.signal }));
}

async function keep(sessions) {
  for await (const session of sessions) await session.closed;
}

console.log(
  `open http://127.0.0.1:${port}/ in a browser, or in several; Ctrl-C ends it, or --for 30s`,
);
const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await (runForMs === undefined ? ended : Promise.race([ended, pass(runForMs)]));
stop.abort();
await listener.close();
server.close();
server.closeAllConnections();
cable.close();
process.exit(0);

function readArguments() {
  const options = { port: { type: "string", default: "7480" }, for: { type: "string" } };
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    fail(error.message);
  }
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    fail(`--port takes 0 to 65535; got ${values.port}`);
  }
  const [, amount, unit = "s"] = /^(\d+)(m?s)?$/.exec(values.for ?? "") ?? [];
  if (values.for !== undefined && amount === undefined) {
    fail(`--for takes a time such as 30s; got ${values.for}`);
  }
  const runForMs = amount === undefined ? undefined : amount * (unit === "s" ? 1000 : 1);
  return { port: Number(values.port), runForMs };
}

function fail(message) {
  console.error(`demo: ${message}`);
  process.exit(2);
}

/** The page's script with all that it imports, in one file. */
async function bundle(name) {
  const build = await rolldown({
    input: fileURLToPath(new URL(name, import.meta.url)),
    platform: "browser",
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  return output[0].code;
}
