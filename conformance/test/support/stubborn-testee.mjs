/**
 * A testee that says hello and then does nothing, whatever it is told: not even the end of its input
 * ends it. It is connected to a port of 127.0.0.1, so that whoever listens there sees it end.
 */
import { connect } from "node:net";
import { createInterface } from "node:readline";

const hello = {
  contract: 1,
  name: "stubborn",
  version: "1",
  language: "JavaScript",
  transports: ["tcp"],
  roles: ["listen"],
  features: [],
};

const watched = connect(Number(process.argv[2]), "127.0.0.1");
watched.on("error", () => undefined);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
setInterval(() => undefined, 60_000);

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, cmd, transport, config } = JSON.parse(line);
  if (cmd === "hello") console.log(JSON.stringify({ id, ok: hello }));
  else if (
    cmd === "open" &&
    transport === "tcp" &&
    config?.no_such_option === undefined &&
    !/no-such/.test(line)
  )
    watched.write("opening\n");
  else console.log(JSON.stringify({ id, err: "unsupported" }));
});
