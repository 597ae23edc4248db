import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * Starts a PostgreSQL server of its own, in a temporary directory, for
 * connections from this machine as user "postgres" without a password.
 *
 * @returns undefined where PostgreSQL is not installed.
 */
export async function startPostgres() {
  const bin = findBinaries();
  if (bin === undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "pulsewire-postgres-"));
  const user = unprivilegedUser();
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const data = join(directory, "data");
    const how = { ...user, cwd: directory, stdio: ["ignore", "ignore", "pipe"] };
    const init = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"];
    await succeeded(spawn(join(bin, "initdb"), init, how));
    // Another process may take the free port before the server does.
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const quick = ["-F", "-c", "unix_socket_directories=", "-c", "shared_buffers=16MB"];
      const at = ["-D", data, "-h", "127.0.0.1", "-p", String(port)];
      const server = spawn(join(bin, "postgres"), [...at, ...quick], how);
      try {
        await isReady(server);
        return { port, ...stops(server, remove) };
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
  } catch (error) {
    remove();
    throw error;
  }
}

function stops(server, remove) {
  const exited = once(server, "exit");
  const last = () => {
    server.kill("SIGQUIT");
    remove();
  };
  process.once("exit", last);
  const stop = async (signal) => {
    server.kill(signal);
    const timer = setTimeout(() => server.kill("SIGKILL"), 10_000);
    await exited;
    clearTimeout(timer);
    process.off("exit", last);
    remove();
  };
  return {
    /** Ends the sessions and the server in good order. */
    stop: () => stop("SIGINT"),
    /** Ends the server at once, whatever its sessions do. */
    stopNow: () => stop("SIGQUIT"),
  };
}

/** Debian keeps the programs of the server out of the PATH. */
function findBinaries() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const places = [
    ...newestFirst.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return places.find((bin) => ["initdb", "postgres"].every((name) => existsSync(join(bin, name))));
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody here");
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function succeeded(child) {
  const log = collect(child);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${child.spawnfile} failed:\n${log()}`);
}

function isReady(child) {
  const log = collect(child);
  return new Promise((resolve, reject) => {
    child.stderr.on("data", () => {
      if (log().includes("ready to accept connections")) resolve();
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`PostgreSQL did not start:\n${log()}`)));
  });
}

/** The last of what a child says, so that a long life does not fill the memory. */
function collect(child) {
  let text = "";
  child.stderr.on("data", (octets) => {
    text = (text + octets).slice(-10_000);
  });
  return () => text;
}
