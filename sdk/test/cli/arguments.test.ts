import { describe, expect, it } from "vitest";
import { parseCommand } from "../../src/cli/arguments.ts";
import { formatDuration, formatMeasured, parseDuration } from "../../src/cli/duration.ts";
import { UsageError } from "../../src/cli/usage-error.ts";

describe("a duration", () => {
  it.each([
    ["500ms", 500],
    ["2s", 2000],
    ["1.5s", 1500],
    ["0s", 0],
    ["1m", 60_000],
    ["1h", 3_600_000],
  ])("%s is %i ms", (text, expected) => {
    expect(parseDuration(text, "--slack")).toBe(expected);
  });

  it("needs a unit, and says so", () => {
    expect(() => parseDuration("5", "--slack")).toThrow(UsageError);
    expect(() => parseDuration("5", "--slack")).toThrow(/--slack needs a unit: .*5ms, 5s or 5m/);
  });

  it.each(["", "s", "-1s", "5 s", "2sec", "1d", "two", "1e3ms", "2S"])("is not %j", (text) => {
    expect(() => parseDuration(text, "--slack")).toThrow(UsageError);
  });

  it.each([
    [750, "750 ms"],
    [1000, "1 s"],
    [1500, "1.5 s"],
    [60_000, "1 min"],
    [90_000, "90 s"],
    [3_600_000, "1 h"],
  ])("of %i ms is shown as %s", (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });

  it.each([
    [0.4231, "0.42 ms"],
    [37.4, "37 ms"],
    [4001.2, "4.00 s"],
  ])("measured as %f ms is shown as %s", (ms, expected) => {
    expect(formatMeasured(ms)).toBe(expected);
  });
});

describe("a command line", () => {
  it("is read into options of a session", () => {
    const line =
      "connect tcp://h:1 --heartbeat-time 2s --slack 500ms --floor 1s --always-beat --peer-heartbeats optional --json -q -N";
    expect(parseCommand(line.split(" "))).toMatchObject({
      verb: "connect",
      json: true,
      quiet: true,
      endWithInput: true,
      config: {
        heartbeatTimeMs: 2000,
        heartbeatSlackTimeMs: 500,
        minHeartbeatTimeMs: 1000,
        alwaysBeat: true,
        peerHeartbeats: "optional",
      },
    });
  });

  it.each([["--help"], ["-h"], ["help"], ["connect", "--help"]])("asks for help: %s", (...argv) => {
    expect(parseCommand(argv)).toEqual({ verb: "help" });
  });

  it.each([
    ["", /say listen, connect or relay/],
    ["dial tcp://h:1", /"dial" is no command/],
    ["listen", /takes one URL/],
    ["listen tcp://h:1 tcp://h:2", /takes one URL/],
    ["listen localhost", /^"localhost" is not a URL/],
    ["listen tcp://h:1 --hearbeat-time 2s", /--hearbeat-time/],
    ["listen tcp://h:1 --heartbeat-time", /heartbeat-time/],
    ["listen tcp://h:1 --heartbeat-time 5", /needs a unit/],
    [
      "listen tcp://h:1 --heartbeat-time 50ms",
      /--heartbeat-time must be from 100ms to 1h; got 50ms$/,
    ],
    ["listen tcp://h:1 --floor 1ms", /--floor must be/],
    ["listen tcp://h:1 --slack 2h", /--slack must be/],
    ["listen tcp://h:1 --peer-heartbeats never", /required or optional/],
    ["listen tcp://h:1 --insecure", /--insecure is for connect/],
    ["listen tcp://h:1 --ca x", /^--cert, --key and --ca are for listening on tls/],
    ["listen tcp://h:1 --slack 1s --slack 2s", /--slack is given twice/],
    ["listen tls://h:1", /needs --cert and --key.*openssl/s],
    ["listen tls://h:1 --cert x", /go together/],
    ["listen tls://h:1 --cert package.json --key x", /^--cert package.json: no PEM certificate/],
    ["connect tls://h:1 --cert /nowhere/c --key /nowhere/k", /--cert: ENOENT/],
  ])("makes no sense: %s", (line, message) => {
    const argv = line === "" ? [] : line.split(" ");
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
  });
});
