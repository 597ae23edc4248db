// The other end, in a process of its own: listens with what the first argument says, prints its
// address, and keeps sessions that adopt what they are asked for. Runs the built package.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [binding] = process.argv.slice(2);
// Who started it stands still for 2 s at times, up to a heartbeat-time after it last said something:
// with the slack that is the default, that is 25 ms less than what these sessions wait.
const rules = { minHeartbeatTimeMs: 100, heartbeatSlackTimeMs: 10_000 };

/** @type {Record<string, () => Promise<{ address: string }>>} */
const listeners = {
  tcp: async () => (await import("pulsewire/tcp")).listen({ port: 0, ...rules }),
  tls: async () => {
    const { generate } = await import("selfsigned");
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      keyType: "ec",
    });
    return (await import("pulsewire/tcp")).listen({ port: 0, tls: { key, cert }, ...rules });
  },
  unix: async () => {
    const path = join(mkdtempSync(join(tmpdir(), "pulsewire-")), "peer");
    return (await import("pulsewire/tcp")).listen({ path, ...rules });
  },
  ws: async () => (await import("pulsewire/ws")).listen({ port: 0, ...rules }),
  grpc: async () => (await import("pulsewire/grpc")).listen({ port: 0, ...rules }),
};

const listener = await listeners[binding ?? "tcp"]?.();
console.log(listener?.address);
// It ends with whoever started it.
process.stdin.resume().on("end", () => process.exit(0));
