// A testee of the environment contract over TCP, with a fault to choose: `node env-testee.mjs [fault]`.
import { connect, listen } from "pulsewire/tcp";

const fault = process.argv[2];
const KNOWN = {
  CASE: null,
  ROLE: null,
  TRANSPORT: null,
  HOST: null,
  PORT: null,
  HEARTBEAT_TIME_MS: "heartbeatTimeMs",
  SLACK_MS: "heartbeatSlackTimeMs",
  FLOOR_MS: "minHeartbeatTimeMs",
  REPLY: null,
};
const UNSUPPORTED = 127;
const INVALID = 78;

const said = Object.entries(process.env)
  .filter(([name]) => name.startsWith("PULSEWIRE_"))
  .map(([name, value]) => [name.slice("PULSEWIRE_".length), value]);
const env = Object.fromEntries(said);

if (fault === "crashes") throw new Error("crashed on purpose");
if (fault !== "takes-all") {
  if (fault !== "any-transport" && env.TRANSPORT !== "tcp") process.exit(UNSUPPORTED);
  if (fault !== "any-option" && said.some(([name]) => !(name in KNOWN))) process.exit(UNSUPPORTED);
}
if (fault === "never-ready") await new Promise(() => setInterval(() => {}, 1_000));
if (fault === "floods") {
  const line = `${"x".repeat(999)}\n`;
  const flood = () => process.stdout.write(line.repeat(100), flood);
  flood();
}

const options = Object.fromEntries(
  said
    .filter(([name]) => typeof KNOWN[name] === "string")
    .map(([name, value]) => [KNOWN[name], Number(value)]),
);

async function echo(session) {
  if (env.REPLY === undefined) return;
  for await (const message of session)
    session.send(env.REPLY === "echo" ? message : String(message.length));
}

try {
  if (env.ROLE === "listen") {
    const server = await listen({ ...options, port: 0, onSession: echo });
    if (fault !== "floods")
      console.log(`READY ${server.address.replace(/^\w+:\/\//, "").replace(":", " ")}`);
  } else {
    const session = await connect({ ...options, host: env.HOST, port: Number(env.PORT) });
    void echo(session);
    await session.closed;
    process.exit(0);
  }
} catch (error) {
  process.exit(error.code === "PW_CONFIG" ? INVALID : 1);
}
if (fault === "stays") {
  process.on("SIGTERM", () => {});
  process.stdin.resume();
  setInterval(() => {}, 1_000);
} else process.stdin.on("close", () => process.exit(0)).resume();
