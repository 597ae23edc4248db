// Paused, not dead: a stopped process keeps its session for a bounded time, while its port still accepts.
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, listen, tcpReachable } from "pulsewire/tcp";

if (process.argv[2] === "peer") await bePeer();
else await beObserver();

/** The one that will be stopped: it echoes. */
async function bePeer() {
  const server = await listen({
    onSession: async (session) => {
      for await (const message of session) session.send(message);
    },
  });
  process.send(Number(new URL(server.address).port));
  process.once("disconnect", () => process.exit());
}

async function beObserver() {
  const peer = fork(new URL(import.meta.url), ["peer"]);
  process.once("exit", () => peer.kill("SIGKILL")); // a stopped process does not see that it is alone
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  const [port] = await once(peer, "message");
  const address = { host: "127.0.0.1", port };
  const started = performance.now();
  const say = (what) => {
    const at = ((performance.now() - started) / 1000).toFixed(2);
    console.log(`${at.padStart(6)} s  ${what}`);
  };
  let extended = () => {};
  const session = await connect({
    ...address,
    heartbeatTimeMs: 1000,
    heartbeatSlackTimeMs: 500,
    confirmDown: tcpReachable({ ...address, timeoutMs: 500, maxExtensions: 2 }),
    onEvent: (event) => {
      if (event.type === "suspect") say("suspect: it has been silent for too long; it is probed");
      if (event.type === "confirming")
        say(`down? does its port accept? (question ${event.extension} of 2)`);
      if (event.type === "extended") say(`it does: ${event.forMs} ms more`);
      if (event.type === "recovered") say(`recovered, after ${Math.round(event.silentForMs)} ms`);
      if (event.type === "extended") extended();
    },
  });
  const messages = session[Symbol.asyncIterator]();

  say("the peer is stopped (SIGSTOP), for less than the bound");
  peer.kill("SIGSTOP");
  session.send("are you still there?");
  await new Promise((resolve) => {
    extended = resolve;
  });
  say("and goes on (SIGCONT)");
  peer.kill("SIGCONT");
  const { value } = await messages.next();
  say(`what was sent meanwhile is answered, on the same session: "${Buffer.from(value)}"`);

  // Deadline, and for each extension: the time for an answer, and the time that it gives.
  const bound = 1500 + 2 * (500 + 1500);
  say(
    `the peer is stopped, for good; bound ${bound} ms, and 250 ms of lateness for each judgement`,
  );
  peer.kill("SIGSTOP");
  const { kind, evidence } = await session.closed;
  const { silentForMs, extensions } = evidence;
  say(`${kind}: silent for ${Math.round(silentForMs)} ms, ${extensions} times extended`);
  process.exit();
}
