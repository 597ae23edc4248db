import { expect, test } from "vitest";
import { type ConnectionConfig, resolveConfig } from "../../src/core/config.ts";
import { PulsewireError } from "../../src/core/errors.ts";

test("the defaults", () => {
  const defaults = {
    heartbeatTimeMs: undefined,
    heartbeatSlackTimeMs: 2000, // PW-LIV-7
    floorMs: 1000, // PW-ADP-4
    alwaysBeat: false,
    heartbeatPhase: undefined,
    peerHeartbeats: "required",
    confirmDown: undefined, // PW-LIV-11
    idleTimeoutMs: undefined, // PW-CLS-13
    maxFrameBytes: 1_048_576, // PW-LIM-1
    maxMessageBytes: 16_777_216, // PW-LIM-2
    maxHeartbeatsPerSecond: 40, // PW-LIM-3
    firstFrameTimeoutMs: 10_000, // PW-LIM-4
    maxUnreadBytes: 16_777_216,
    maxUnsentBytes: 16_777_216,
    closeTimeoutMs: 2000, // PW-CLS-8
  };
  expect(resolveConfig()).toEqual(defaults);
  expect(resolveConfig({})).toEqual(defaults);
});

test.each([
  ["heartbeatTimeMs", 100, 3_600_000, "milliseconds"], // PW-HBT-4
  ["heartbeatSlackTimeMs", 0, 3_600_000, "milliseconds"], // PW-LIV-7
  ["minHeartbeatTimeMs", 100, 3_600_000, "milliseconds"], // PW-ADP-4
  ["idleTimeoutMs", 1, 2 ** 31 - 1, "milliseconds"], // PW-CLS-13
  ["maxFrameBytes", 1024, 2 ** 31 - 1, "octets"],
  ["maxMessageBytes", 1, 2 ** 31 - 1, "octets"],
  ["maxHeartbeatsPerSecond", 40, 1000, "units"],
  ["firstFrameTimeoutMs", 1, 3_600_000, "milliseconds"],
  ["maxUnreadBytes", 1, 2 ** 31 - 1, "octets"],
  ["maxUnsentBytes", 1, 2 ** 31 - 1, "octets"],
  ["closeTimeoutMs", 1, 3_600_000, "milliseconds"],
] as const)("%s is a whole number from %s to %s", (name, least, most, unit) => {
  const key = name === "minHeartbeatTimeMs" ? "floorMs" : name;
  for (const value of [least, most]) expect(resolveConfig({ [name]: value })[key]).toBe(value);
  const wrong: unknown[] = [least - 1, most + 1, least + 0.5, Number.NaN, Infinity, "5s", null, 5n];
  for (const value of wrong) {
    const refused = () => resolveConfig({ [name]: value } as ConnectionConfig);
    expect(refused).toThrow(PulsewireError);
    const shown = typeof value === "string" ? `"${value}"` : String(value);
    expect(refused).toThrow(
      `[PW_CONFIG] ${name} must be a whole number of ${unit} from ${least} to ${most}, or undefined; got ${shown}`,
    );
  }
});

test("PW-ADP-4: the floor is never above the configured heartbeat-time", () => {
  expect(resolveConfig({ heartbeatTimeMs: 300 }).floorMs).toBe(300);
  expect(resolveConfig({ heartbeatTimeMs: 5000 }).floorMs).toBe(1000);
  expect(resolveConfig({ heartbeatTimeMs: 5000, minHeartbeatTimeMs: 9000 }).floorMs).toBe(5000);
  expect(resolveConfig({ minHeartbeatTimeMs: 9000 }).floorMs).toBe(9000);
});

test("heartbeatPhase is two fractions", () => {
  const heartbeatPhase = { at: 1, spread: 0 };
  expect(resolveConfig({ heartbeatPhase }).heartbeatPhase).toEqual(heartbeatPhase);
  for (const wrong of [null, 0.5, {}, { at: 0.5 }, { at: -0.1, spread: 0 }, { at: 0, spread: 2 }]) {
    const given = { heartbeatPhase: wrong } as unknown as ConnectionConfig;
    expect(() => resolveConfig(given)).toThrow("heartbeatPhase must be { at, spread }, both");
  }
});

test("choices are one of the choices", () => {
  expect(resolveConfig({ alwaysBeat: true }).alwaysBeat).toBe(true);
  expect(resolveConfig({ peerHeartbeats: "optional" }).peerHeartbeats).toBe("optional");
  expect(() => resolveConfig({ alwaysBeat: 1 } as unknown as ConnectionConfig)).toThrow(
    "[PW_CONFIG] alwaysBeat must be false or true; got 1",
  );
  expect(() => resolveConfig({ peerHeartbeats: "no" } as unknown as ConnectionConfig)).toThrow(
    '[PW_CONFIG] peerHeartbeats must be "required" or "optional"; got "no"',
  );
});

test("PW-LIV-13: confirmDown is bounded, whatever is left out", () => {
  const resolve = (confirmDown: unknown) => resolveConfig({ confirmDown } as ConnectionConfig);
  expect(resolve({}).confirmDown).toEqual({ timeoutMs: 2000, maxExtensions: 3 });
  const most = { timeoutMs: 3_600_000, maxExtensions: 1000 };
  expect(resolve(most).confirmDown).toEqual(most);
  expect(resolve({ timeoutMs: 1, maxExtensions: 1 }).confirmDown?.maxExtensions).toBe(1);
  for (const wrong of [true, 5, "yes", null, () => true]) {
    expect(() => resolve(wrong)).toThrow("[PW_CONFIG] confirmDown must be an object or undefined");
  }
  for (const timeoutMs of [0, 3_600_001, 0.5, "1s", Infinity, null]) {
    expect(() => resolve({ timeoutMs })).toThrow(
      "[PW_CONFIG] confirmDown.timeoutMs must be a whole number of milliseconds from 1 to 3600000",
    );
  }
  for (const maxExtensions of [0, 1001, Infinity, "2", null]) {
    expect(() => resolve({ maxExtensions })).toThrow(
      "[PW_CONFIG] confirmDown.maxExtensions must be a whole number of units from 1 to 1000",
    );
  }
});

test.each(["idleTimeout", "idleMs", "confirm", "confirmDeath"])("%s is a slip", (key) => {
  expect(() => resolveConfig({ [key]: 1 } as ConnectionConfig)).toThrow(
    `[PW_CONFIG] there is no option "${key}"; there are heartbeatTimeMs`,
  );
});
