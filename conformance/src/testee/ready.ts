/** The one line that a listener prints under the environment contract. */
import type { Readable } from "node:stream";
import type { Address } from "../peers/peer.ts";

/** What may come before it, in octets; more is no log but a flood. */
const MAX_OCTETS = 65_536;
const READY = /^READY (\S+) (\d{1,5})\r?$/m;

/**
 * The address in `READY <host> <port>`, or in words why there is none. Whatever
 * else is printed is read and forgotten, then and afterwards.
 */
export function readReady(stdout: Readable): Promise<{ readonly address: Address } | string> {
  return new Promise((resolve) => {
    let seen: string | undefined = "";
    stdout.setEncoding("utf8").on("data", (text: string) => {
      if (seen === undefined) return;
      seen += text;
      const line = READY.exec(seen.slice(0, seen.lastIndexOf("\n") + 1));
      if (line === null) {
        if (seen.length <= MAX_OCTETS) return;
        resolve(`printed ${MAX_OCTETS} octets and no line READY <host> <port>`);
      } else {
        const [, host = "", port = ""] = line;
        const isPort = Number(port) >= 1 && Number(port) <= 65_535;
        resolve(isPort ? { address: { host, port: Number(port) } } : `is ready on port ${port}`);
      }
      seen = undefined;
    });
  });
}
