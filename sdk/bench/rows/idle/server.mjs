import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Unavailable } from "../../framework/children.mjs";
import { heartbeat } from "../../loads/wires/heartbeat.mjs";

/**
 * @typedef {object} IdleServer A process that serves idle sessions.
 * @property {number} port
 * @property {() => Promise<{ cpuMs: number }>} usage
 * @property {() => Promise<number>} memory Octets that are resident: see `residentBytes` of child.mjs.
 *
 * @typedef {(children: import("../../framework/children.mjs").Children, options: import("../../contenders/idle-server.mjs").IdleOptions) => Promise<IdleServer>} Start
 */

/** @param {string} module In contenders/. @returns {Start} */
export function inNode(module) {
  return async (children, options) => {
    const child = await children.start(new URL(`../../contenders/${module}`, import.meta.url));
    return {
      port: await child.ask("listen", options),
      usage: () => child.ask("usage"),
      memory: () => child.ask("memory"),
    };
  };
}

/** The server in C, if there is a compiler. @type {Start} */
export async function inC(children, { heartbeatTimeMs, slackMs }) {
  const frame = heartbeat(heartbeatTimeMs);
  const beat = Buffer.from([frame.length, ...frame]).toString("hex");
  const folder = mkdtempSync(join(tmpdir(), "pulsewire-bench-"));
  const binary = join(folder, "server");
  try {
    compile(binary);
    const args = [String(heartbeatTimeMs), String(slackMs), beat];
    const program = children.startProgram(binary, args);
    const port = Number(await program.ask());
    const look = async () => {
      const [cpuMs = Number.NaN, residentBytes = Number.NaN] = (await program.ask("usage"))
        .split(" ")
        .map(Number);
      return { cpuMs, residentBytes };
    };
    return { port, usage: look, memory: async () => (await look()).residentBytes };
  } finally {
    // A program that runs does not need its file.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} binary */
function compile(binary) {
  const source = fileURLToPath(new URL("../../contenders/epoll/server.c", import.meta.url));
  if (process.platform !== "linux") throw new Unavailable("epoll is of Linux");
  try {
    execFileSync("cc", ["-O2", "-o", binary, source], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (missing) throw new Unavailable("no C compiler (cc)");
    throw error;
  }
}
