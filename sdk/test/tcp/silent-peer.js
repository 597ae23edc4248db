// A peer in a process of its own, to be stopped and let go on: a session that echoes, on a port that
// accepts for as long as it is not told to stop. Runs the built package.
import { createServer } from "node:net";
import { attach } from "pulsewire/tcp";

const server = createServer(async (socket) => {
  const session = attach(socket, { minHeartbeatTimeMs: 100 });
  for await (const message of session) session.send(message);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: server.address().port }));
process.on("message", () => server.close());
// What it had accepted goes on after that; what it had not is refused.
process.on("disconnect", () => process.exit(0));
