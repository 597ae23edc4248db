import { createServer } from "node:net";
import { monotonicMs } from "../../loads/crowd.mjs";
import { bound } from "../idle-server.mjs";
import { serveVerdicts } from "../lateness-judge.mjs";
import { beatOf } from "./beat.mjs";

const TICK_MS = 100;

// One timer of 100 ms for all; each tick looks at all of them, in whole ticks.
serveVerdicts(({ heartbeatTimeMs, slackMs }, judged) => {
  const beat = beatOf(heartbeatTimeMs);
  const slots = heartbeatTimeMs / TICK_MS;
  const patience = Math.ceil((heartbeatTimeMs + slackMs) / TICK_MS);
  /** @type {Set<{ socket: import("node:net").Socket, port: number, slot: number, heardTick: number, heardAt: number }>} */
  const records = new Set();
  let tick = 0;
  setInterval(() => {
    tick += 1;
    for (const record of records) {
      if (tick - record.heardTick > patience) {
        judged(record.port, record.heardAt);
        records.delete(record);
        record.socket.destroy();
      } else if (tick % slots === record.slot) record.socket.write(beat);
    }
  }, TICK_MS);
  return bound(
    createServer({ noDelay: true }, (socket) => {
      const record = {
        socket,
        port: socket.remotePort ?? 0,
        slot: records.size % slots,
        heardTick: tick,
        heardAt: monotonicMs(),
      };
      records.add(record);
      socket.on("data", () => {
        record.heardTick = tick;
        record.heardAt = monotonicMs();
      });
      socket.on("error", () => {});
      socket.on("close", () => records.delete(record));
    }),
  );
});
