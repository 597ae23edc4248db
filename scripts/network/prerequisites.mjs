import { spawnSync } from "node:child_process";
import { Labs } from "./lab.mjs";

/**
 * Why no lab can be built here, with what to do about it; undefined if one can.
 *
 * @returns {Promise<string | undefined>}
 */
export async function whyNot() {
  if (process.platform !== "linux") {
    return `needs Linux: network namespaces are a thing of its kernel (this is ${process.platform})`;
  }
  const missing = ["ip", "ss", "nft"].filter((name) => version(name) === undefined);
  if (missing.length > 0) {
    return `needs ${missing.join(" and ")}: apt-get install --no-install-recommends iproute2 nftables`;
  }
  if (process.getuid?.() !== 0) {
    return "needs root, for the namespaces: sudo npm run test:network";
  }
  try {
    await new Labs().with({ idleSeconds: 2 }, async () => {});
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `needs to make network namespaces, which is not allowed here (in a container: CAP_SYS_ADMIN and CAP_NET_ADMIN, and nf_tables in the kernel): ${why}`;
  }
}

/** What `ip -V` and the like say; undefined if the program is not there. @param {string} name */
export function version(name) {
  const { status, stdout } = spawnSync(name, [name === "nft" ? "--version" : "-V"], {
    encoding: "utf8",
  });
  return status === 0 ? /\d+(\.\d+)+/.exec(stdout)?.[0] : undefined;
}
