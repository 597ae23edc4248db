import { connect } from "node:net";
import { type ConfirmDown, checkOptions } from "../driver/index.ts";
import { checkAddress } from "./options.ts";

/** Options of {@link tcpReachable}. */
export interface TcpReachableOptions extends Pick<ConfirmDown, "timeoutMs" | "maxExtensions"> {
  /** Name or IP address of the peer. Default "localhost". */
  readonly host?: string | undefined;
  /** A port on which the peer's process listens, 1 to 65535. */
  readonly port: number;
}

/**
 * A ready {@link ConfirmDown}, for sessions of every binding: a silent peer is
 * reachable if its port accepts a connection, which is closed at once. The
 * kernel of a process that is stopped still accepts for it; that of one that is
 * gone refuses, and a machine that is gone says nothing.
 *
 * Each question leaves one connection, ended already, for the peer to find when
 * it goes on. A port behind a proxy says only that the proxy lives.
 *
 * @throws PulsewireError `PW_CONFIG`.
 */
export function tcpReachable(options: TcpReachableOptions): ConfirmDown {
  checkOptions(options);
  const { host = "localhost", port, timeoutMs, maxExtensions } = options;
  checkAddress({ host, port }, 1);
  return {
    timeoutMs,
    maxExtensions,
    ask: (_evidence, signal) => accepts(host, port, signal),
  };
}

/** Whether `host` accepts a connection before the signal fires. No socket outlives the answer. */
function accepts(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (reachable: boolean): void => {
      signal.removeEventListener("abort", giveUp);
      socket.destroy();
      resolve(reachable);
    };
    const giveUp = (): void => settle(false);
    socket.once("connect", () => settle(true));
    // For ever: a socket that is being destroyed may still report why.
    socket.on("error", giveUp);
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
  });
}
