// A network on one machine: host A, a firewall F, host B, each in a network namespace of its own.
// What the peers say to each other passes F, and nothing of it leaves the namespaces.
import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

/** Names are `pwnet-<pid of the owner>-<number>-<a, f or b>`, so that what a dead run left is known by its name. */
const PREFIX = "pwnet";
const NAMED = "/run/netns";

export const ADDRESS = { a: "10.77.1.2", b: "10.77.2.2" };
const HOSTS = /** @type {const} */ (["a", "f", "b"]);

/** F lets everything pass, but for what the chain `gate` says: that is where faults go. */
const OPEN = `
table inet lab {
  counter passed { }
  counter swallowed { }
  chain gate { }
  chain passing {
    type filter hook forward priority filter; policy accept;
    jump gate
    meta l4proto tcp counter name "passed"
  }
}`;

/** F is a NAT that forgets what is idle: a flow it does not know is dropped, without a word to either end. */
const FORGETFUL = `
table inet lab {
  counter passed { }
  counter swallowed { }
  chain gate { }
  chain passing {
    type filter hook forward priority filter; policy drop;
    jump gate
    meta l4proto tcp counter name "passed"
    ct state established,related accept
    ct state new tcp flags & (fin|syn|rst|ack) == syn accept
    counter name "swallowed"
  }
  chain translated {
    type nat hook postrouting priority srcnat;
    oifname "f1" masquerade
  }
  chain arriving {
    type filter hook input priority filter; policy drop;
    counter name "swallowed"
  }
}`;

/**
 * A lab, from {@link Labs.create} to {@link Lab.dispose}.
 */
export class Lab {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /** The namespace of a host. @param {"a" | "f" | "b"} host */
  host(host) {
    return `${this.name}-${host}`;
  }

  /** Adds a rule to the gate of F. @param {string} rule */
  async gate(rule) {
    await this.#on("f", ["nft", "add", "rule", "inet", "lab", "gate", ...rule.split(" ")]);
  }

  /** Takes the cable between F and host B out, on F's side. */
  async unplug() {
    await run("ip", ["-n", this.host("f"), "link", "set", "f1", "down"]);
  }

  /** Packets that F let pass, and packets that it swallowed. */
  async packets() {
    const json = await this.#on("f", ["nft", "-j", "list", "counters"]);
    /** @type {{ counter?: { name: string, packets: number } }[]} */
    const rows = JSON.parse(json).nftables;
    const count = (/** @type {string} */ name) =>
      rows.find(({ counter }) => counter?.name === name)?.counter?.packets ?? 0;
    return { passed: count("passed"), swallowed: count("swallowed") };
  }

  /** Sets something under /proc/sys of a host: "net/ipv4/tcp_retries2=3". @param {"a" | "f" | "b"} host @param {string[]} settings */
  async set(host, ...settings) {
    const writes = settings.map((setting) => setting.replace(/(.*)=(.*)/, "echo $2 >/proc/sys/$1"));
    await this.#on(host, ["sh", "-ec", writes.join("\n")]);
  }

  /** What the kernel of a host holds for established: the lines of `ss`, timers included. @param {"a" | "b"} host */
  async established(host) {
    const text = await this.#on(host, ["ss", "-Htno", "state", "established"]);
    return text.split("\n").filter((line) => line !== "");
  }

  async dispose() {
    for (const host of HOSTS) await run("ip", ["netns", "del", this.host(host)]);
  }

  /** @param {"a" | "f" | "b"} host @param {string[]} command @param {string} [input] */
  #on(host, command, input) {
    return run("ip", ["netns", "exec", this.host(host), ...command], input);
  }

  /** @param {{ idleSeconds?: number }} options */
  async build({ idleSeconds }) {
    const [a, f, b] = HOSTS.map((host) => this.host(host));
    const links = [
      ...HOSTS.map((host) => `netns add ${this.host(host)}`),
      `link add a0 netns ${a} type veth peer name f0 netns ${f}`,
      `link add b0 netns ${b} type veth peer name f1 netns ${f}`,
    ];
    await run("ip", ["-batch", "-"], links.join("\n"));
    await ip(a, ["addr add 10.77.1.2/24 dev a0", "link set lo up", "link set a0 up"]);
    await ip(f, ["addr add 10.77.1.1/24 dev f0", "addr add 10.77.2.1/24 dev f1"]);
    await ip(f, ["link set f0 up", "link set f1 up"]);
    await ip(b, ["addr add 10.77.2.2/24 dev b0", "link set lo up", "link set b0 up"]);
    await ip(a, ["route add default via 10.77.1.1"]);
    await ip(b, ["route add default via 10.77.2.1"]);
    // Before the settings of connection tracking: they exist once a rule asks for it.
    await this.#on("f", ["nft", "-f", "-"], idleSeconds === undefined ? OPEN : FORGETFUL);
    const settings = ["net/ipv4/ip_forward=1"];
    if (idleSeconds !== undefined) {
      settings.push(`net/netfilter/nf_conntrack_tcp_timeout_established=${idleSeconds}`);
      // A flow that it has forgotten stays forgotten, and is not taken up again in the middle.
      settings.push("net/netfilter/nf_conntrack_tcp_loose=0");
    }
    await this.set("f", ...settings);
  }
}

/** The labs of this process. */
export class Labs {
  #made = 0;
  /** @type {Set<Lab>} */
  #standing = new Set();

  /**
   * A new lab; `use` has it, and whatever becomes of that, it is gone afterwards.
   *
   * @template T
   * @param {{ idleSeconds?: number }} options `idleSeconds`: F forgets flows that are idle for longer.
   * @param {(lab: Lab) => Promise<T>} use
   * @returns {Promise<T>}
   */
  async with(options, use) {
    this.#made += 1;
    const lab = new Lab(`${PREFIX}-${process.pid}-${this.#made}`);
    this.#standing.add(lab);
    try {
      await lab.build(options);
      return await use(lab);
    } finally {
      await lab.dispose();
      this.#standing.delete(lab);
    }
  }

  /** Deletes what still stands, at once: for an end that waits for nothing. */
  clear() {
    for (const lab of this.#standing) for (const host of HOSTS) remove(lab.host(host));
    this.#standing.clear();
  }
}

/** Deletes what runs left whose process is gone. Returns the names. */
export function sweep() {
  const left = named().filter((name) => {
    const owner = new RegExp(`^${PREFIX}-(\\d+)-\\d+-[afb]$`).exec(name)?.[1];
    return owner !== undefined && !isAlive(Number(owner));
  });
  for (const name of left) remove(name);
  return left;
}

function named() {
  try {
    return readdirSync(NAMED);
  } catch {
    return []; // nobody has made one yet
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH";
  }
}

/** @param {string} name */
function remove(name) {
  spawnSync("ip", ["netns", "del", name], { stdio: "ignore" });
}

/** @param {string | undefined} namespace @param {string[]} commands */
function ip(namespace, commands) {
  return run("ip", ["-n", String(namespace), "-batch", "-"], commands.join("\n"));
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 * @returns {Promise<string>} What it wrote.
 */
function run(command, args, input = "") {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      errors += text;
    });
    child.stdin.on("error", () => {}); // it ended without reading: its status says why
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(" ")}: ${errors.trim() || `exit ${status}`}`));
    });
  });
}
