// A client in a process of its own: takes a lock, holds it, and tells its parent what it learns.
import { connect } from "pulsewire/tcp";

const [port, lock, times] = process.argv.slice(2);
const session = await connect({ host: "127.0.0.1", port: Number(port), ...JSON.parse(times) });
process.once("disconnect", () => session.abort());
session.send(JSON.stringify({ acquire: lock }));
for await (const message of session) process.send(JSON.parse(Buffer.from(message)));
// The session is over, and nobody had to tell this process: it has to take its lock for lost.
if (process.connected) process.send({ ended: session.end.kind }, () => process.disconnect());
