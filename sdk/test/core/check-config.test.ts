import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AgreedTimes, agreedTimes } from "../../src/core/agreed-times.ts";
import {
  type CheckEnvironment,
  type ConnectionConfig,
  checkConfig,
  MIDDLEBOXES,
  type MiddleboxName,
  resolveConfig,
} from "../../src/core/index.ts";
import { ConnectionPair } from "../../src/testing/index.ts";

const NOTHING_BETWEEN: CheckEnvironment = { behind: [] };
const GOOD: ConnectionConfig = { heartbeatTimeMs: 10_000, heartbeatSlackTimeMs: 2000 };

/** The codes of what is found, with the setting each names. */
function found(config: ConnectionConfig, environment: CheckEnvironment = NOTHING_BETWEEN) {
  return checkConfig(config, environment).map(({ code, setting }) => `${code} ${setting}`);
}

describe("finds nothing in", () => {
  test.each<[string, ConnectionConfig, CheckEnvironment | undefined]>([
    ["the defaults, passive", {}, undefined],
    ["an estate behind ordinary proxies", GOOD, undefined],
    ["locks", { heartbeatTimeMs: 2000 }, undefined],
    ["a datacentre link", { heartbeatTimeMs: 500, heartbeatSlackTimeMs: 500 }, { rttMs: 1 }],
    ["a phone", { heartbeatTimeMs: 50_000, heartbeatSlackTimeMs: 10_000 }, { rttMs: 900 }],
    ["one configured side", GOOD, { peer: {} }],
    ["the other side configured", {}, { peer: GOOD }],
    ["two configured sides", GOOD, { peer: { heartbeatTimeMs: 60_000 } }],
    ["a peer that beats when it wants", { ...GOOD, peerHeartbeats: "optional" }, undefined],
    ["an unknown peer that looks at heartbeats alone", { ...GOOD, alwaysBeat: true }, undefined],
  ])("%s", (_, config, environment) => {
    expect(checkConfig(config, environment)).toEqual([]);
  });
});

describe("slack", () => {
  test("under a fifth of the heartbeat-time, and not a fifth", () => {
    const config = { heartbeatTimeMs: 20_000, heartbeatSlackTimeMs: 3999 };
    expect(checkConfig(config)).toEqual([
      {
        code: "slack-under-fifth",
        setting: "heartbeatSlackTimeMs",
        message:
          "heartbeatSlackTimeMs is 3999 ms, less than a fifth of the heartbeat-time of 20000 ms: set it to 4000 ms or more",
        reason: expect.stringContaining("hardly longer"),
      },
    ]);
    expect(found({ ...config, heartbeatSlackTimeMs: 4000 })).toEqual([]);
  });

  test("under three round trips, and not three", () => {
    const at = (rttMs: number) => found(GOOD, { rttMs });
    expect(at(666.6)).toEqual([]);
    expect(at(667)).toEqual(["slack-under-three-round-trips heartbeatSlackTimeMs"]);
    expect(checkConfig(GOOD, { rttMs: 1000 })[0]?.message).toContain("set it to 3000 ms or more");
  });

  test("0: once, with what would be enough for both", () => {
    const [warning, ...more] = checkConfig({ ...GOOD, heartbeatSlackTimeMs: 0 }, { rttMs: 300 });
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code: "slack-zero" });
    expect(warning?.message).toContain("set it to 2000 ms or more");
  });

  test("of a passive side is judged by what its peer makes it use, and that of the peer too", () => {
    expect(found({}, { behind: [], peer: { heartbeatTimeMs: 30_000 } })).toEqual([
      "slack-under-fifth heartbeatSlackTimeMs",
      "slack-under-fifth peer.heartbeatSlackTimeMs",
    ]);
    expect(found({ heartbeatSlackTimeMs: 1 })).toEqual([]); // nobody knows its heartbeat-time
  });

  test("what it advises is enough", () => {
    for (const heartbeatTimeMs of [100, 1001, 9999, 55_000]) {
      for (const rttMs of [0, 33.3, 700]) {
        const before = checkConfig({ heartbeatTimeMs, heartbeatSlackTimeMs: 1 }, { rttMs });
        const advised = Number(/set it to (\d+) ms/.exec(before[0]?.message ?? "")?.[1]);
        const config = { heartbeatTimeMs, heartbeatSlackTimeMs: advised };
        expect(checkConfig(config, { rttMs })).toEqual([]);
      }
    }
  });
});

describe("what stands in between", () => {
  test.each<[MiddleboxName, number]>([
    ["nginx", 55_000],
    ["aws-alb", 55_000],
    ["unknown", 55_000],
    ["heroku", 50_000],
    ["azure-lb", 235_000],
    ["envoy", 295_000],
    ["aws-nlb", 345_000],
    ["aws-nat", 345_000],
    ["gcp-firewall", 595_000],
  ])("%s takes a heartbeat-time of up to %i ms", (name, most) => {
    const at = (heartbeatTimeMs: number) =>
      checkConfig({ heartbeatTimeMs, heartbeatSlackTimeMs: heartbeatTimeMs }, { behind: [name] });
    expect(at(most)).toEqual([]);
    expect(at(most + 1)).toMatchObject([{ code: "idle-limit", setting: "heartbeatTimeMs" }]);
    expect(at(most + 1)[0]?.message).toContain(`set it to ${most} ms or less`);
  });

  test("is not known unless it is said, and nothing is nothing", () => {
    const slow = { heartbeatTimeMs: 60_000, heartbeatSlackTimeMs: 20_000 };
    expect(checkConfig(slow)).toMatchObject([{ code: "idle-limit" }]);
    expect(checkConfig(slow, { behind: [] })).toEqual([]);
    expect(checkConfig(slow, { behind: ["aws-nlb", "nginx"] })).toHaveLength(1);
  });

  test("is looked at with the slower of the two sides, because each direction is counted", () => {
    const peer = { minHeartbeatTimeMs: 60_000, heartbeatSlackTimeMs: 20_000 };
    expect(found(GOOD, { peer })).toContain("idle-limit peer.heartbeatTimeMs");
    expect(found(GOOD, { peer: { heartbeatTimeMs: 100_000 } })).toEqual([]); // it comes down
  });

  test("has no place in a connection on which nobody beats", () => {
    expect(found({}, { peer: {}, behind: ["nginx"] })).toEqual(["nobody-beats heartbeatTimeMs"]);
  });
});

test("an idle timeout that comes before a heartbeat, on either side", () => {
  expect(found({ ...GOOD, idleTimeoutMs: 10_001 })).toEqual([]);
  expect(found({ ...GOOD, idleTimeoutMs: 10_000 })).toEqual([
    "idle-before-heartbeat idleTimeoutMs",
  ]);
  expect(found(GOOD, { behind: [], peer: { idleTimeoutMs: 5000 } })).toEqual([
    "idle-before-heartbeat peer.idleTimeoutMs",
  ]);
  expect(found({ idleTimeoutMs: 5000 })).toEqual([]);
});

describe("two sides", () => {
  test("a floor above one's own heartbeat-time has no effect", () => {
    expect(found({ ...GOOD, minHeartbeatTimeMs: 10_001 })).toEqual([
      "floor-without-effect minHeartbeatTimeMs",
    ]);
    expect(found({ ...GOOD, minHeartbeatTimeMs: 10_000 })).toEqual([]);
    expect(found({ heartbeatTimeMs: 500, heartbeatSlackTimeMs: 500 })).toEqual([]); // the default
  });

  test("a floor above what the peer asks for, with what the peer loses by it", () => {
    const fast = { heartbeatTimeMs: 500, heartbeatSlackTimeMs: 500 };
    const warnings = checkConfig({}, { ...NOTHING_BETWEEN, peer: fast });
    expect(warnings).toMatchObject([{ code: "floor-above-peer", setting: "minHeartbeatTimeMs" }]);
    expect(warnings[0]?.message).toContain("is 1000 ms, and the peer asks for 500 ms");
    expect(warnings[0]?.reason).toContain("finds a loss after 1500 ms, and not after 1000 ms");
    expect(found(fast, { behind: [], peer: {} })).toEqual([
      "floor-above-peer peer.minHeartbeatTimeMs",
    ]);
    expect(found({ minHeartbeatTimeMs: 500 }, { behind: [], peer: fast })).toEqual([]);
  });

  test("nobody beats: only if both sides are known", () => {
    expect(found({}, { peer: {} })).toEqual(["nobody-beats heartbeatTimeMs"]);
    expect(found({}, { peer: "never-beats" })).toEqual(["nobody-beats heartbeatTimeMs"]);
    expect(found({})).toEqual([]);
  });

  test("a peer that never beats, required or optional", () => {
    expect(found(GOOD, { peer: "never-beats" })).toEqual(["peer-never-beats peerHeartbeats"]);
    expect(found({ ...GOOD, peerHeartbeats: "optional" }, { peer: "never-beats" })).toEqual([
      "peer-never-judged peerHeartbeats",
    ]);
  });

  test("options that a peer of this protocol does not need", () => {
    expect(found({ ...GOOD, peerHeartbeats: "optional" }, { peer: {} })).toEqual([
      "optional-needless peerHeartbeats",
    ]);
    expect(found(GOOD, { peer: { alwaysBeat: true } })).toEqual([
      "always-beat-needless peer.alwaysBeat",
    ]);
  });

  test("limits below those that peers may count on", () => {
    expect(found({ ...GOOD, maxFrameBytes: 2 ** 20 - 1, maxMessageBytes: 2 ** 24 - 1 })).toEqual([
      "limit-below-protocol maxFrameBytes",
      "limit-below-protocol maxMessageBytes",
    ]);
  });
});

describe("nonsense is an error, as it is to a connection", () => {
  test.each<[ConnectionConfig, CheckEnvironment, RegExp]>([
    [{ heartbeatTimeMs: 1 }, {}, /heartbeatTimeMs must be/],
    [{ heartbeatTime: 5 } as never, {}, /no option "heartbeatTime"/],
    [GOOD, { peer: { heartbeatSlackTimeMs: -1 } }, /peer: heartbeatSlackTimeMs must be/],
    [GOOD, { rttMs: Number.NaN }, /rttMs must be/],
    [GOOD, { rttMs: -1 }, /rttMs must be/],
    [GOOD, { rttMs: "300ms" as never }, /rttMs must be/],
    [GOOD, { behind: ["ngnix"] as never }, /behind must be .*"nginx".*; got ngnix/],
    [GOOD, { behind: "nginx" as never }, /behind must be an array/],
    [GOOD, { peer: "passive" as never }, /peer must be .*"never-beats".*; got "passive"/],
    [GOOD, { peer: 5000 as never }, /peer must be .*; got 5000/],
    [GOOD, { peer: null as never }, /peer must be .*; got null/],
    [GOOD, null as never, /environment must be an object; got null/],
    [GOOD, "nginx" as never, /environment must be an object; got "nginx"/],
    [null as never, {}, /options must be an object; got null/],
  ])("%j in %j", (config, environment, message) => {
    expect(() => checkConfig(config, environment)).toThrow(message);
    expect(() => checkConfig(config, environment)).toThrow(
      expect.objectContaining({ code: "PW_CONFIG" }),
    );
  });
});

test("agreedTimes is what two connections come to", () => {
  const times = [undefined, 100, 500, 1000, 2500, 60_000];
  for (const own of times) {
    for (const peer of times) {
      for (const floor of [100, 1000, 5000]) {
        const configs = [
          { heartbeatTimeMs: own, minHeartbeatTimeMs: floor },
          { heartbeatTimeMs: peer },
        ] as const;
        const pair = new ConnectionPair(...configs);
        pair.advance(1000);
        const expected: AgreedTimes = {
          own: pair.a.connection.heartbeatTimeMs,
          peer: pair.b.connection.heartbeatTimeMs,
        };
        expect(agreedTimes(resolveConfig(configs[0]), resolveConfig(configs[1]))).toEqual(expected);
      }
    }
  }
});

describe("docs", () => {
  const pageOf = (name: string) =>
    readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

  test("checking.md has a row for each warning", () => {
    const source = readFileSync(new URL("../../src/core/check-config.ts", import.meta.url), "utf8");
    const union = /type ConfigWarningCode =([\s\S]*?);/.exec(source)?.[1] ?? "";
    const codes = [...union.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code);
    expect(codes).toHaveLength(13);
    const section = pageOf("checking.md").split("## What it warns of")[1]?.split("\n## ")[0] ?? "";
    expect([...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code)).toEqual(codes);
  });

  test("operations.md has a row for each box in the middle: name, limit, setting, source", () => {
    const section =
      pageOf("operations.md").split("## Boxes in the middle")[1]?.split("\n## ")[0] ?? "";
    const rows = [
      ...section.matchAll(/^\| `([a-z-]+)` \| (.*?) \| (\d+) s \| (.*?) \| (.*?) \|$/gm),
    ];
    expect(
      Object.fromEntries(
        rows.map(([, key, name, seconds, setting, source]) => [
          key,
          {
            name,
            idleLimitMs: Number(seconds) * 1000,
            setting,
            source: source?.replace(/^<|>$/g, ""),
          },
        ]),
      ),
    ).toEqual(MIDDLEBOXES);
  });
});
