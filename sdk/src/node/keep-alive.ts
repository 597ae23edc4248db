import { Socket } from "node:net";
import { PulsewireError } from "../core/index.ts";
import { checkWholeNumber } from "../driver/index.ts";

/** For bindings that reach their sockets. */
export interface OsKeepAliveOptions {
  /**
   * Switches on the operating system's own keep-alive (`SO_KEEPALIVE`) on the
   * socket, with its first question after so much silence; the system counts in
   * whole seconds, and Node has it ask ten times, a second apart. 1000 to
   * 3600000; default: off, as the system has it. It asks the next kernel, and
   * not the peer's process: that one is asked by `heartbeatTimeMs` [PW-LIV-2].
   */
  readonly osKeepAliveMs?: number | undefined;
}

const LEAST_MS = 1000;
const MOST_MS = 3_600_000;

/** @throws PulsewireError `PW_CONFIG`. */
export function checkKeepAlive(options: OsKeepAliveOptions): void {
  for (const key of Object.keys(options)) {
    if (key === "osKeepAliveMs" || !/^(os_?|tcp_?)?keep_?alive/i.test(key)) continue;
    throw new PulsewireError("PW_CONFIG", `there is no option "${key}"; there is osKeepAliveMs`);
  }
  const { osKeepAliveMs } = options;
  if (osKeepAliveMs === undefined) return;
  checkWholeNumber("osKeepAliveMs", osKeepAliveMs, LEAST_MS, MOST_MS);
}

/** Does what the option says, if `socket` is a TCP socket; it has been checked before. */
export function keepAlive(socket: unknown, { osKeepAliveMs }: OsKeepAliveOptions): void {
  if (osKeepAliveMs === undefined || !(socket instanceof Socket)) return;
  socket.setKeepAlive(true, osKeepAliveMs);
}
