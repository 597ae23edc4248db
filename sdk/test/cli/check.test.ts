import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { figuresOf } from "../../src/cli/check/figures.ts";
import { inFlags, parseCheck } from "../../src/cli/check/options.ts";
import { showCheck } from "../../src/cli/check/view.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { checkConfig, MIDDLEBOXES } from "../../src/core/index.ts";
import { ConnectionPair } from "../../src/testing/index.ts";

const COMMAND = fileURLToPath(new URL("../../bin/pulsewire.js", import.meta.url));

/** Runs `pulsewire check` as a process of its own. */
function run(line: string, env: NodeJS.ProcessEnv = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...clean } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [COMMAND, "check", ...line.split(" ").filter((word) => word !== "")],
    { encoding: "utf8", env: { ...clean, ...env } },
  );
  return { status, stdout, stderr };
}

describe("the options of check", () => {
  it("describe this side, the peer and the network", () => {
    const line =
      "--heartbeat-time 60s --slack 1.5s --floor 500ms --always-beat --peer-heartbeats optional " +
      "--peer-heartbeat-time 5s --peer-slack 1s --peer-floor 2s --rtt 300ms --behind nginx,envoy --behind heroku --json";
    expect(parseCheck(line.split(" "))).toEqual({
      config: {
        heartbeatTimeMs: 60_000,
        heartbeatSlackTimeMs: 1500,
        minHeartbeatTimeMs: 500,
        alwaysBeat: true,
        peerHeartbeats: "optional",
      },
      environment: {
        rttMs: 300,
        peer: { heartbeatTimeMs: 5000, heartbeatSlackTimeMs: 1000, minHeartbeatTimeMs: 2000 },
        behind: ["nginx", "envoy", "heroku"],
      },
      json: true,
      help: false,
    });
  });

  it.each<[string, object]>([
    ["", { peer: undefined, behind: undefined, rttMs: undefined }],
    ["--peer passive", { peer: {} }],
    ["--peer passive --peer-floor 5s", { peer: { minHeartbeatTimeMs: 5000 } }],
    ["--peer never-beats", { peer: "never-beats" }],
    ["--behind nothing", { behind: [] }],
  ])("%j", (line, environment) => {
    const argv = line.split(" ").filter((word) => word !== "");
    expect(parseCheck(argv).environment).toMatchObject(environment);
  });

  it.each([
    ["--slack 2", /--slack needs a unit/],
    ["--behind nginx,nothing", /--behind knows nginx, .* got "nothing"/],
    ["--behind constructor", /--behind knows/],
    ["--peer dead", /--peer is passive or never-beats; got "dead"/],
    ["--peer never-beats --peer-slack 1s", /never beats/],
    ["--peer passive --peer-heartbeat-time 1s", /passive peer/],
    ["--hearbeat-time 1s", /Unknown option '--hearbeat-time'/],
    ["tcp://127.0.0.1:1", /Unexpected argument/],
  ])("refuses %s", (line, message) => {
    expect(() => parseCheck(line.split(" "))).toThrow(UsageError);
    expect(() => parseCheck(line.split(" "))).toThrow(message);
  });
});

describe("the figures", () => {
  it("are those of the protocol, for both sides", () => {
    const peer = { heartbeatTimeMs: 60_000, heartbeatSlackTimeMs: 4000 };
    const side = { heartbeatTimeMs: 10_000, alwaysBeats: false };
    const heartbeatsPerMinute = { least: 6, most: 8 };
    expect(figuresOf({ heartbeatTimeMs: 10_000 }, { peer })).toEqual({
      own: {
        ...side,
        heartbeatsPerMinute,
        suspectAfterMs: 11_000,
        downAfterMs: 12_000,
        downByMs: 14_500,
        pardonMs: 2000,
      },
      peer: {
        ...side,
        heartbeatsPerMinute,
        suspectAfterMs: 12_000,
        downAfterMs: 14_000,
        downByMs: 16_500,
        pardonMs: 4000,
      },
    });
    expect(figuresOf({}, {})).toEqual({ own: undefined, peer: undefined });
    expect(figuresOf({ heartbeatTimeMs: 200, heartbeatSlackTimeMs: 0 }, {}).own).toMatchObject({
      suspectAfterMs: undefined,
      downAfterMs: 200,
      downByMs: 300,
    });
  });

  it("are what a connection does whose peer falls silent, also if a floor makes that slower", () => {
    const config = { heartbeatTimeMs: 500, heartbeatSlackTimeMs: 800 };
    const other = { minHeartbeatTimeMs: 3000 };
    const pair = new ConnectionPair(config, other, { latencyMs: 0 });
    pair.advance(10_000);
    pair.freeze(pair.b);
    while (pair.a.connection.end === undefined) pair.step();
    const { own } = figuresOf(config, { peer: other });
    const [suspicion] = pair.a.events("suspect");
    expect(suspicion?.silentForMs).toBe(own?.suspectAfterMs);
    const { end } = pair.a.connection;
    expect(end?.kind === "peer-silent" && end.evidence.silentForMs).toBe(own?.downAfterMs);
  });
});

describe("what is shown", () => {
  const shown = (line: string, width = 80) => {
    const command = parseCheck(line.split(" ").filter((word) => word !== ""));
    const { config, environment } = command;
    const warnings = checkConfig(config, environment);
    return showCheck(command, figuresOf(config, environment), warnings, { color: false, width });
  };

  it("says what it comes to, in flags and durations", () => {
    expect(shown("--heartbeat-time 60s --slack 2s --behind nginx --rtt 300ms", 200)).toBe(
      `This side finds its peer gone within 77 s of its last octet
  beats      every 45 s to 1 min, 1 to 1.33 a minute; less while data flows
  probes     61 s after the last octet
  gives up   62 s after the last octet, at the latest after 77 s
  when late  itself, by more than 2 s: asks once more, and gives up 2 s after that

! --slack is 2 s, less than a fifth of the heartbeat-time of 1 min: set it to 12 s or more
    the silence that is tolerated is hardly longer than the one that is promised, so a retransmission, a garbage collection or a busy moment ends the connection with a healthy peer

! --heartbeat-time is 1 min, behind nginx: set it to 55 s or less
    it ends or forgets a connection that carries nothing for 1 min (proxy_read_timeout, grpc_read_timeout), and a heartbeat that has to be sent again comes up to 5 s late

2 warnings
`,
    );
  });

  it("keeps to the width, and numbers to their units", () => {
    for (const width of [40, 60, 80]) {
      const lines = shown("--heartbeat-time 60s", width)
        .split("\n\n")
        .slice(1)
        .join("\n")
        .split("\n");
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      for (const line of lines) expect(line).not.toMatch(/^\s*(ms|s|min|h)\b/);
    }
  });

  it("says so where there is nothing to find", () => {
    expect(shown("")).toContain("This side is passive");
    expect(shown("--peer passive")).toContain("Neither side beats");
    const never = shown("--heartbeat-time 5s --peer never-beats --peer-heartbeats optional");
    expect(never).not.toContain("finds its peer gone");
  });

  it("knows no option of the library by its name there", () => {
    const config = { heartbeatTimeMs: 90_000, heartbeatSlackTimeMs: 1, minHeartbeatTimeMs: 95_000 };
    const peer = { ...config, heartbeatTimeMs: 500 };
    const all = [
      ...checkConfig(config, { rttMs: 500, peer }),
      ...checkConfig({ alwaysBeat: true, peerHeartbeats: "optional" }, { peer }),
      ...checkConfig(config, { peer: "never-beats" }),
      ...checkConfig({}, { peer: {} }),
    ];
    expect(new Set(all.map(({ code }) => code)).size).toBeGreaterThan(7);
    for (const { message, reason } of all) {
      expect(inFlags(message)).toMatch(/--/);
      expect(inFlags(`${message} ${reason}`)).not.toMatch(/Ms\b|[a-z]Heartbeat|alwaysBeat|\d ms\d/);
    }
  });
});

describe("pulsewire check, as a command", () => {
  it("exits with 0 for nothing, 1 for warnings, 2 for what makes no sense", () => {
    expect(run("--heartbeat-time 10s")).toMatchObject({ status: 0, stderr: "" });
    expect(run("--heartbeat-time 60s")).toMatchObject({ status: 1, stderr: "" });
    expect(run("--heartbeat-time 1ms")).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "pulsewire: --heartbeat-time must be from 100ms to 1h; got 1ms\nSee pulsewire check --help.\n",
    });
    expect(run("--peer-slack 2h").stderr).toContain("--peer-slack must be");
  });

  it("prints one JSON object for scripts", () => {
    const { status, stdout } = run("--heartbeat-time 60s --slack 20s --behind nginx --json");
    const { figures, warnings } = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(figures.own).toMatchObject({ heartbeatTimeMs: 60_000, downAfterMs: 80_000 });
    expect(warnings).toMatchObject([{ code: "idle-limit", setting: "heartbeatTimeMs" }]);
  });

  it("has colours when they are wanted, and none with NO_COLOR or in a pipe", () => {
    const csi = "\u001b[";
    expect(run("", { FORCE_COLOR: "1" }).stdout).toContain(csi);
    expect(run("", { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toContain(csi);
    expect(run("").stdout).not.toContain(csi);
  });

  it("explains itself, with every name it knows", () => {
    const { status, stdout } = run("--help");
    expect(status).toBe(0);
    for (const name of Object.keys(MIDDLEBOXES)) expect(stdout).toContain(name);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
