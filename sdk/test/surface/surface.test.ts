import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { CloseCode, closeCodeName } from "../../src/core/close-code.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("exports", () => {
  test("the package has these entries and no others", () => {
    expect(Object.keys(manifest.exports)).toEqual([
      ".",
      "./core",
      "./tcp",
      "./ws",
      "./browser",
      "./grpc",
      "./node",
      "./relay",
      "./memory",
      "./diagnostics",
      "./otel",
      "./testing",
      "./package.json",
    ]);
  });

  test.each<[string, () => Promise<object>, string[]]>([
    [
      "pulsewire",
      () => import("pulsewire"),
      [
        "CloseCode",
        "PulsewireError",
        "Session",
        "SessionListener",
        "Watch",
        "checkConfig",
        "closeCodeName",
        "createRuntime",
        "endedByHeartbeat",
      ],
    ],
    [
      "pulsewire/core",
      () => import("pulsewire/core"),
      [
        "CloseCode",
        "Connection",
        "FrameCodec",
        "HEARTBEAT_TIME_CEILING_MS",
        "HEARTBEAT_TIME_MINIMUM_MS",
        "Liveness",
        "MIDDLEBOXES",
        "PulsewireError",
        "checkConfig",
        "closeCodeName",
        "decodeFrame",
        "encodeFrame",
        "endedByHeartbeat",
        "resolveClose",
        "resolveConfig",
      ],
    ],
    ["pulsewire/node", () => import("pulsewire/node"), ["nodeRuntime"]],
    ["pulsewire/relay", () => import("pulsewire/relay"), ["relay"]],
    ["pulsewire/memory", () => import("pulsewire/memory"), ["linkPair", "sessionPair"]],
    [
      "pulsewire/diagnostics",
      () => import("pulsewire/diagnostics"),
      ["EVENT_CHANNELS", "STALL_CHANNEL", "channelObserver", "logEnds", "subscribe"],
    ],
    ["pulsewire/otel", () => import("pulsewire/otel"), ["instrument"]],
    [
      "pulsewire/testing",
      () => import("pulsewire/testing"),
      [
        "ConnectionPair",
        "VirtualClock",
        "arbitraries",
        "connectionPair",
        "faultyLink",
        "faultyRuntime",
        "faultySink",
        "judgesBeforeReading",
        "linkFaults",
        "transportCases",
        "transportSuite",
      ],
    ],
  ])("%s", async (_, load, names) => {
    expect(Object.keys(await load()).sort()).toEqual(names);
  });

  test.each<[string, () => Promise<object>]>([
    ["pulsewire/tcp", () => import("pulsewire/tcp")],
    ["pulsewire/ws", () => import("pulsewire/ws")],
    ["pulsewire/grpc", () => import("pulsewire/grpc")],
  ])("%s has the same words as all bindings", async (_, load) => {
    const words = ["connect", "listen", "pool", "reconnect"];
    expect(Object.keys(await load())).toEqual(expect.arrayContaining(words));
  });

  test("pulsewire/browser has those that a browser can", async () => {
    const browser = await import("pulsewire/browser");
    expect(Object.keys(browser).sort()).toEqual(["connect", "pool", "reconnect"]);
  });
});

describe("close codes", () => {
  const numbers = (text: string, row: RegExp) =>
    Object.fromEntries(
      [...text.matchAll(row)].map(([, a = "", b = ""]) =>
        /^\d/.test(a) ? [b, Number(a)] : [a, Number(b)],
      ),
    );
  const { UNSPECIFIED: _, ...proto } = numbers(
    read("proto/pulsewire/v1/frame.proto"),
    /CLOSE_CODE_(\w+) = (\d+);/g,
  );

  test("are these", () => {
    expect(CloseCode).toEqual({
      NORMAL: 1,
      GOING_AWAY: 2,
      HEARTBEAT_TIMEOUT: 3,
      PROTOCOL_ERROR: 4,
      UNSUPPORTED_VERSION: 5,
      FRAME_TOO_LARGE: 6,
      MESSAGE_TOO_LARGE: 7,
      TOO_MANY_HEARTBEATS: 8,
      FIRST_FRAME_TIMEOUT: 9,
      UNREAD_LIMIT: 10,
      OUTBOUND_BLOCKED: 11,
      UPSTREAM_LOST: 12,
      INTERNAL_ERROR: 13,
    });
  });

  test("are those of the proto and of both tables in the docs", () => {
    expect(proto).toEqual(CloseCode);
    const row = /^\| (\d+) \| ([A-Z_]+) \|/gm;
    const { UNSPECIFIED: __, ...protocol } = numbers(read("docs/protocol.md"), row);
    expect(protocol).toEqual(CloseCode);
    expect(numbers(read("docs/bindings.md"), row)).toEqual(CloseCode);
  });

  test("have names, and one that is unknown has a number", () => {
    for (const [name, code] of Object.entries(CloseCode)) expect(closeCodeName(code)).toBe(name);
    expect(closeCodeName(4711)).toBe("CODE_4711");
  });
});

describe("docs/errors.md", () => {
  const [errors = "", ends = ""] = read("docs/errors.md").split("## Ends");
  const rows = (text: string) => [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key);

  test("has a row for each error code", () => {
    const source = read("sdk/src/core/errors.ts");
    const codes = new Set([...source.matchAll(/\| "(PW_\w+)"/g)].map(([, code]) => code));
    expect([...codes]).toEqual([
      "PW_CONFIG",
      "PW_URL",
      "PW_ENDED",
      "PW_MESSAGE_TOO_LARGE",
      "PW_UNSENT_LIMIT",
      "PW_CONNECT_FAILED",
      "PW_ADDRESS_IN_USE",
      "PW_LISTEN_FAILED",
      "PW_MISSING_DEPENDENCY",
    ]);
    expect(rows(errors)).toEqual([...codes]);
  });

  test("has a row for each kind of end", () => {
    const source = read("sdk/src/core/end.ts");
    const kinds = [...source.matchAll(/kind: "([a-z-]+)"/g)].map(([, kind]) => kind);
    expect(kinds).toHaveLength(9);
    expect(rows(ends)).toEqual(kinds);
  });
});

describe("purity", () => {
  const dist = join(root, "sdk/dist");

  /** What `entry` reaches: the packages, and how many files of ours. */
  function reaches(entry: string) {
    const packages = new Set<string>();
    const files = new Set<string>();
    const visit = (file: string) => {
      if (files.has(file)) return;
      files.add(file);
      const source = readFileSync(file, "utf8");
      for (const [, target = ""] of source.matchAll(
        /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g,
      )) {
        if (target.startsWith(".")) visit(join(dirname(file), target));
        else packages.add(target);
      }
    };
    visit(join(dist, entry));
    return { packages: [...packages].sort(), files: files.size };
  }

  test.each(["index.js", "core/index.js", "browser/index.js", "memory/index.js"])(
    "%s reaches the generated code, what that runs on, and nothing else",
    (entry) => {
      expect(reaches(entry).packages).toEqual(["#gen", "protobufjs/minimal.js"]);
    },
  );

  test.each(["diagnostics/index.js", "otel/index.js"])(
    "%s reaches Node's channels besides, and no OpenTelemetry",
    (entry) => {
      expect(reaches(entry).packages).toEqual([
        "#gen",
        "node:diagnostics_channel",
        "protobufjs/minimal.js",
      ]);
    },
  );

  test("the walk finds what is there", () => {
    expect(reaches("core/index.js").files).toBeGreaterThan(10);
    expect(reaches("tcp/index.js").packages).toContain("node:net");
  });

  test("the core imports nothing from outside of itself", () => {
    const core = join(root, "sdk/src/core");
    for (const file of readdirSync(core)) {
      const targets = [...readFileSync(join(core, file), "utf8").matchAll(/from "([^"]+)"/g)];
      for (const [, target] of targets)
        expect(target).toMatch(/^(\.\/|#gen$|protobufjs\/minimal\.js$)/);
    }
  });
});
