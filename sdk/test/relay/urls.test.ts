import { describe, expect, it } from "vitest";
import { PulsewireError } from "../../src/core/index.ts";
import { formatLeg, isSameAddress, parseLeg } from "../../src/relay/leg-target.ts";
import { parseTarget } from "../../src/relay/target.ts";

describe("a URL", () => {
  it.each([
    ["tcp://127.0.0.1:7400", { binding: "tcp", secure: false, host: "127.0.0.1", port: 7400 }],
    ["tcp://[::1]:0", { binding: "tcp", secure: false, host: "::1", port: 0 }],
    ["tls://example.com:7400/", { binding: "tcp", secure: true, host: "example.com", port: 7400 }],
    ["grpc://h:1", { binding: "grpc", secure: false, host: "h", port: 1 }],
    ["grpcs://h:1", { binding: "grpc", secure: true, host: "h", port: 1 }],
    ["unix:/tmp/a.sock", { binding: "unix", path: "/tmp/a.sock" }],
    ["unix:///tmp/a.sock", { binding: "unix", path: "/tmp/a.sock" }],
    ["unix:a.sock", { binding: "unix", path: "a.sock" }],
    ["ws://h/live", { binding: "ws", secure: false, host: "h", port: 80, path: "/live" }],
    ["wss://h:8443", { binding: "ws", secure: true, host: "h", port: 8443, path: "/" }],
  ])("%s", (text, expected) => {
    expect(parseTarget(text)).toMatchObject(expected);
  });

  it.each([
    ["127.0.0.1:7400", /did you mean tcp:\/\/127\.0\.0\.1:7400/],
    ["localhost", /is not a URL/],
    ["http://localhost:1", /http:\/\/ is not spoken/],
    ["tcp://localhost", /has no port/],
    ["tcp://:7400", /URL|host/],
    ["tcp://h:99999", /is not a URL/],
    ["tcp://h:1/path", /no path/],
    ["tcp://me:secret@h:1", /password/],
    ["unix:", /has no path/],
    ["unix://host/path", /has no path/],
  ])("is not %s", (text, message) => {
    expect(() => parseTarget(text)).toThrow(PulsewireError);
    expect(() => parseTarget(text)).toThrow(message);
  });
});

describe("the URL of a leg", () => {
  it.each([
    ["plain+tcp://127.0.0.1:5432", true, { binding: "tcp", host: "127.0.0.1", port: 5432 }],
    ["plain+tcp://[::1]:1", true, { binding: "tcp", host: "::1", port: 1 }],
    ["plain+unix:/tmp/a.sock", true, { binding: "unix", path: "/tmp/a.sock" }],
    ["tcp://127.0.0.1:1", false, { binding: "tcp", secure: false, host: "127.0.0.1", port: 1 }],
    ["wss://gate/live", false, { binding: "ws", secure: true, host: "gate", path: "/live" }],
  ])("%s", (text, plain, target) => {
    const leg = parseLeg(text);
    expect(leg).toMatchObject({ plain, target });
    expect(formatLeg(leg)).toBe(text);
  });

  it.each([
    ["plain+tls://h:1", /reached by plain\+tcp/],
    ["plain+ws://h:1", /reached by plain\+tcp/],
    ["plain://h:1", /plain:\/\/ is not spoken/],
    ["plain+tcp://h", /"plain\+tcp:\/\/h" has no port: plain\+tcp:\/\/h:7400/],
    ["plain+tcp://h:1/x", /"plain\+tcp:\/\/h:1\/x": plain\+tcp:\/\/ has a host/],
    ["plain+unix:", /"plain\+unix:" has no path: plain\+unix:\//],
    ["plain+h:1", /"plain\+h:1" is not a URL: did you mean plain\+tcp:\/\/h:1/],
    ["h:1", /did you mean tcp:\/\/h:1\?.*plain\+tcp:.*plain\+unix:/],
    ["http://h:1", /"http:\/\/h:1".*plain\+tcp:.*plain\+unix:.*grpcs:/],
    ["", /is not a URL: plain\+tcp:/],
  ])("is not %s", (text, message) => {
    expect(() => parseLeg(text)).toThrow(PulsewireError);
    expect(() => parseLeg(text)).toThrow(message);
  });
});

describe("two legs", () => {
  it.each([
    ["tcp://127.0.0.1:7400", "tcp://127.0.0.1:7400/", true],
    ["plain+tcp://h:1", "grpcs://h:1", true],
    ["ws://h/a", "ws://h:80/b", true],
    ["unix:/tmp/a.sock", "plain+unix:///tmp/x/../a.sock", true],
    ["tcp://127.0.0.1:0", "tcp://127.0.0.1:0", false],
    ["tcp://127.0.0.1:1", "tcp://127.0.0.1:2", false],
    ["tcp://127.0.0.1:1", "tcp://127.0.0.2:1", false],
    ["unix:/tmp/a.sock", "unix:/tmp/b.sock", false],
  ])("%s and %s are one address: %s", (one, other, same) => {
    expect(isSameAddress(parseLeg(one), parseLeg(other))).toBe(same);
  });
});
