// A process with one client of pg that has a heartbeat: it says what happens, a line of JSON each, and
// ends by itself when nothing of the connection is left.
import { Console } from "node:console";
import pg from "pg";
import { heartbeat } from "../../examples/postgres/heartbeat.js";

const { port, sql, ...options } = JSON.parse(process.argv[2] ?? "{}");
const { log } = new Console(process.stdout);
const say = (event, more = {}) => log(JSON.stringify({ event, ...more }));

const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres" });
client.on("error", (error) => say("client error", { code: error.code, message: error.message }));
client.on("end", () => say("client end"));
await client.connect();
heartbeat(client, { ...options, onEnd: (end) => say("end", { end }) });
say("up", { pid: client.processID });
if (sql !== undefined) {
  client.query(sql).then(
    () => say("answered"),
    (error) => say("rejected", { code: error.code, kind: error.end?.kind }),
  );
}
