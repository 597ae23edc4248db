// A server stops without a word; its client notices, waits its turn, and goes on with a second server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { reconnect } from "pulsewire/tcp";

// Servers in processes of their own, so that one can be stopped in the midst of everything.
async function startServer() {
  const script = `
    import { listen } from "pulsewire/tcp";
    const server = await listen({ port: 0, minHeartbeatTimeMs: 100, onSession() {} });
    console.log(new URL(server.address).port);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.on("exit", () => child.kill("SIGKILL")); // a stopped one notices nothing else
  const [port] = await once(child.stdout, "data");
  child.stdout.destroy();
  child.unref();
  return { child, port: Number(port) };
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const [first, second] = await Promise.all([startServer(), startServer()]);
const started = performance.now();
const say = (text) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(2)} s  ${text}`);

const sessions = reconnect({
  addresses: [{ port: first.port }, { port: second.port }],
  heartbeatTimeMs: 500,
  heartbeatSlackTimeMs: 300,
  onRetry: ({ attempt, delayMs, address, cause }) => {
    const why = cause instanceof Error ? cause.message : cause.kind;
    const which = address.port === first.port ? "first" : "second";
    say(`${why}: attempt ${attempt}, at the ${which} server, in ${Math.round(delayMs)} ms`);
  },
});

let stopped = false;
for await (const session of sessions) {
  say(`connected to the ${stopped ? "second" : "first"} server`);
  if (stopped) {
    await session.close();
    break; // leaving the loop is all it takes to stop
  }
  first.child.kill("SIGSTOP"); // no FIN, no RST, and its kernel still acknowledges what it is sent
  stopped = true;
  say("the first server stands still");
  const end = await session.closed;
  say(`it was silent for ${Math.round(end.evidence.silentForMs)} ms, and that was too long`);
}
