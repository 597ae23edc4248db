import { createServer } from "node:net";
import { bound, serveIdle } from "../idle-server.mjs";
import { beatOf } from "./beat.mjs";

const TICK_MS = 100;

// The cheapest that can be written by hand: one timer for all, that writes to one slot of
// the connections after the other, and looks at the same time whether they have spoken.
serveIdle(async ({ heartbeatTimeMs, slackMs }) => {
  const beat = beatOf(heartbeatTimeMs);
  const patience = Math.ceil((heartbeatTimeMs + slackMs) / TICK_MS);
  /** @type {Set<{ socket: import("node:net").Socket, heardAt: number }>[]} */
  const slots = Array.from({ length: heartbeatTimeMs / TICK_MS }, () => new Set());
  let tick = 0;
  let accepted = 0;
  setInterval(() => {
    tick += 1;
    for (const record of slots[tick % slots.length] ?? []) {
      if (tick - record.heardAt > patience) record.socket.destroy();
      else record.socket.write(beat);
    }
  }, TICK_MS);
  return bound(
    createServer({ noDelay: true }, (socket) => {
      const record = { socket, heardAt: tick };
      const slot = slots[accepted % slots.length];
      accepted += 1;
      slot?.add(record);
      socket.on("data", () => {
        record.heardAt = tick;
      });
      socket.on("error", () => {});
      socket.on("close", () => slot?.delete(record));
    }),
  );
});
