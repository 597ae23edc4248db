/** Wrong command lines end in one line that says what to do, and with exit code 3. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { UsageError } from "../src/cli/run.ts";
import { outside } from "./support/running-peers.ts";

const BIN = fileURLToPath(new URL("../bin/pulsewire-conformance.js", import.meta.url));
const TCP = "tcp://127.0.0.1:1";
const TLS = "tls://127.0.0.1:1";

describe("a wrong command line", () => {
  test.each([
    ["run", /give one of --testee <command>, --dial <url> and --listen <url>/],
    ["run --dial tcp://127.0.0.1:1 --testee ./x", /give only one of/],
    ["run --testee ", /--testee needs a command line/],
    ["run --dial http://127.0.0.1:1", /http:\/\/ is not spoken here/],
    ["run --dial tcp://127.0.0.1:1 --case ADQ-001", /no case fits "ADQ-001"/],
    ["run --dial tcp://127.0.0.1:1 --contract env", /--contract goes with --testee/],
    ["run --dial tcp://127.0.0.1:1 --peer-floor x", /whole number/],
    ["run --testee ./x --peer-slack 400", /--peer-slack goes with --dial or --listen/],
    ["run --testee ./x --contract morse", /Allowed choices are ndjson, env/],
    ["serve", /required option '--case <id>' not specified/],
    ["serve --case ADP-*", /more than one case/],
    ["serve --case ADP-015", /nothing to serve/],
    ["serve --case WIR-012 --dial ws://127.0.0.1:1", /WIR-012 is for tcp/],
    ["serve --case ADP-001 --role listen", /give --dial <url>/],
  ])("%s", { timeout: 30_000 }, (line, words) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [BIN, ...line.split(" ")], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(stderr).toMatch(words);
    const lines = stderr.trim().split("\n");
    expect(lines.filter((text) => !text.startsWith("(add --help"))).toHaveLength(1);
    expect(stdout).toBe("");
    expect(status).toBe(3);
  });
});

describe("options of a peer that runs already", () => {
  test.each<[string, Parameters<typeof outside>[0], RegExp]>([
    ["a URL without a port", { dial: "tcp://127.0.0.1" }, /has no port/],
    ["a path for TCP", { dial: `${TCP}/path` }, /no path/],
    ["port 0", { dial: "tcp://127.0.0.1:0" }, /nobody listens on port 0/],
    ["a transport beside the URL", { dial: TCP, transport: ["ws"] }, /leave them out/],
    ["a role beside the URL", { dial: TCP, role: ["dial"] }, /leave them out/],
    ["a case that is none", { dial: TCP, case: ["ADQ-001"] }, /no case fits "ADQ-001"/],
    ["--insecure without TLS", { dial: TCP, insecure: true }, /is without TLS/],
    ["no such file", { dial: TLS, ca: "/no/such/file" }, /--ca \/no\/such\/file .*: ENOENT/],
    ["--cert to dial", { dial: TLS, cert: "x" }, /--cert and --key go with --listen/],
    ["--ca to listen", { listen: TLS, ca: "x" }, /--ca and --insecure go with --dial/],
    ["no --cert to listen", { listen: TLS }, /takes --cert <file> and --key <file>/],
    ["--patience to dial", { dial: TCP, patience: 3 }, /--patience goes with --listen/],
  ])("%s", async (_, options, words) => {
    const refused = outside(options);
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });
});
