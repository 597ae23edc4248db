// A gigabyte through two relays, compared by hash, with the peak memory of both and the
// rate of a bare TCP proxy on the same machine to hold it against.
//
//   npm run relay:load -- [octets in MiB, default 1024] [links, default tcp,ws,grpc]
import { spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, connect as dial } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../sdk/bin/pulsewire.js", import.meta.url));
const MiB = 2 ** 20;
const size = Number(process.argv[2] ?? 1024) * MiB;
const links = (process.argv[3] ?? "tcp,ws,grpc").split(",");
/** A run that takes longer has failed. */
const LIMIT_MS = 5 * 60_000;
/** What two relays may keep in memory: Node itself, and nothing that grows with what passes. */
const MEMORY_LIMIT_MIB = 300;

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];
const timer = setTimeout(() => fail(`not done within ${LIMIT_MS / 1000} s`), LIMIT_MS);

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("error", () => {});
  digest(socket).then(
    (hash) => socket.end(hash),
    () => {},
  );
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const there = `127.0.0.1:${portOf(server)}`;

console.log(`${size / MiB} MiB, ${process.version}\n`);
const proxy = await child(["-e", PROXY(), there]);
const bare = await transfer(proxy.port);
report("a bare TCP proxy", bare, bare, [proxy]);
proxy.stop();

for (const link of links) {
  const far = await relay(`${link}://127.0.0.1:0`, `plain+tcp://${there}`);
  const near = await relay("plain+tcp://127.0.0.1:0", far.address);
  const seconds = await transfer(near.port);
  report(`two relays, ${link}`, seconds, bare, [near, far]);
  for (const each of [near, far]) {
    if (each.peakMiB() > MEMORY_LIMIT_MIB) fail(`${link}: a relay took ${each.peakMiB()} MiB`);
  }
  for (const each of [near, far]) {
    each.stop();
    if ((await each.exited) !== 0) fail(`${link}: a relay did not end in good order`);
  }
}
clearTimeout(timer);
server.close();

/**
 * Sends it all, and has the hash of what arrived sent back.
 *
 * @param {number} port
 */
async function transfer(port) {
  const socket = dial({ port, host: "127.0.0.1", allowHalfOpen: true });
  const answer = text(socket);
  const hash = createHash("sha256");
  const block = randomFillSync(Buffer.allocUnsafe(4 * MiB));
  const since = performance.now();
  for (let sent = 0; sent < size; sent += block.length) {
    block.writeDoubleLE(sent, 0); // no two are the same
    const piece = block.subarray(0, Math.min(block.length, size - sent));
    hash.update(piece);
    // The block is filled anew, so it has to be gone first.
    await new Promise((resolve) => socket.write(piece, resolve));
  }
  socket.end();
  const arrived = await answer;
  const seconds = (performance.now() - since) / 1000;
  const wanted = hash.digest("hex");
  if (arrived !== wanted) fail(`what arrived is not what was sent: ${arrived} and ${wanted}`);
  return seconds;
}

/**
 * @param {string} name
 * @param {number} seconds
 * @param {number} bare
 * @param {{ peakMiB(): number }[]} processes
 */
function report(name, seconds, bare, processes) {
  const rate = (size / MiB / seconds).toFixed(0).padStart(5);
  const share = `${((100 * bare) / seconds).toFixed(0)} %`.padStart(5);
  const peaks = processes.map((each) => `${each.peakMiB()} MiB`).join(" and ");
  console.log(`${name.padEnd(20)}${rate} MiB/s ${share}   same hash, peak memory ${peaks}`);
}

/**
 * @param {string} listen
 * @param {string} to
 */
async function relay(listen, to) {
  const running = await child([bin, "relay", listen, "--to", to, "--json", "--quiet"]);
  return running;
}

/**
 * A process that says in its first line of JSON with an address where it listens.
 *
 * @param {string[]} args
 */
async function child(args) {
  const running = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(running);
  const exited = once(running, "close").then(([code]) => code);
  let address = "";
  for await (const line of createInterface({ input: running.stdout })) {
    address = JSON.parse(line).address ?? "";
    if (address !== "") break;
  }
  running.stdout.resume();
  return {
    address,
    port: Number(new URL(address.replace("plain+", "")).port),
    exited,
    stop: () => running.kill("SIGTERM"),
    // What the kernel has seen at most; elsewhere than on Linux it is not known.
    peakMiB: () => {
      try {
        const status = readFileSync(`/proc/${running.pid}/status`, "utf8");
        return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
      } catch {
        return Number.NaN;
      }
    },
  };
}

/** A proxy that does nothing but pipe, as a program for `node -e`. */
function PROXY() {
  return `
    const net = require("node:net");
    const [host, port] = process.argv[1].split(":");
    const server = net.createServer({ allowHalfOpen: true }, (near) => {
      const far = net.connect({ host, port: Number(port), allowHalfOpen: true });
      near.pipe(far).pipe(near);
    });
    server.listen(0, "127.0.0.1", () => {
      console.log(JSON.stringify({ address: "tcp://127.0.0.1:" + server.address().port }));
    });
    process.on("SIGTERM", () => process.exit(0));
  `;
}

/** @param {import("node:net").Socket} socket */
async function digest(socket) {
  const hash = createHash("sha256");
  // Not by iteration, which destroys the socket at its end.
  socket.on("data", (octets) => hash.update(octets));
  await once(socket, "end");
  return hash.digest("hex");
}

/** @param {AsyncIterable<Buffer>} stream */
async function text(stream) {
  let all = "";
  for await (const octets of stream) all += octets;
  return all;
}

/** @param {import("node:net").Server} server */
function portOf(server) {
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/**
 * @param {string} why
 * @returns {never}
 */
function fail(why) {
  console.error(`FAILED: ${why}`);
  for (const running of children) running.kill("SIGKILL");
  process.exit(1);
}
