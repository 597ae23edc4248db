/** Wrong command lines end in one line that says what to do, and with exit code 3. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../bin/pulsewire-conformance.js", import.meta.url));

describe("a wrong command line", () => {
  test.each([
    ["run", /give one of --testee <command>, --dial <url> and --listen <url>/],
    ["run --dial tcp://127.0.0.1:1 --testee ./x", /give only one of/],
    ["run --dial http://127.0.0.1:1", /http:\/\/ is not spoken here/],
    ["run --dial tcp://127.0.0.1", /has no port/],
    ["run --dial tcp://127.0.0.1:0", /nobody listens on port 0/],
    ["run --dial tcp://127.0.0.1:1/path", /no path/],
    ["run --dial tcp://127.0.0.1:1 --case ADQ-001", /no case fits "ADQ-001"/],
    ["run --dial tcp://127.0.0.1:1 --transport ws", /leave them out/],
    ["run --dial tcp://127.0.0.1:1 --insecure", /is without TLS/],
    [
      "run --dial tls://127.0.0.1:1 --ca /no/such/file",
      /--ca \/no\/such\/file cannot be read: ENOENT/,
    ],
    ["run --dial tls://127.0.0.1:1 --cert x", /--cert and --key go with --listen/],
    ["run --dial tcp://127.0.0.1:1 --patience 3", /--patience goes with --listen/],
    ["run --dial tcp://127.0.0.1:1 --contract env", /--contract goes with --testee/],
    ["run --dial tcp://127.0.0.1:1 --peer-floor x", /whole number/],
    ["run --dial tcp://127.0.0.1:1 --peer-heartbeat-time 5", /whole number/],
    ["run --testee ./x --peer-slack 400", /--peer-slack goes with --dial or --listen/],
    ["run --testee ./x --contract morse", /Allowed choices are ndjson, env/],
    ["run --listen tls://127.0.0.1:1", /takes --cert <file> and --key <file>/],
    ["serve", /required option '--case <id>' not specified/],
    ["serve --case ADQ-001", /no case "ADQ-001"/],
    ["serve --case ADP-*", /more than one case/],
    ["serve --case ADP-015", /nothing to serve/],
    ["serve --case WIR-012 --dial ws://127.0.0.1:1", /WIR-012 is for tcp/],
    ["serve --case ADP-001 --role listen", /give --dial <url>/],
    ["serve --case ADP-001 --listen tcp://127.0.0.1:1 --dial tcp://127.0.0.1:1", /only one of/],
  ])("%s", (line, words) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [BIN, ...line.split(" ")], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(stderr).toMatch(words);
    expect(
      stderr
        .trim()
        .split("\n")
        .filter((text) => !text.startsWith("(add --help")),
    ).toHaveLength(1);
    expect(stdout).toBe("");
    expect(status).toBe(3);
  });
});
