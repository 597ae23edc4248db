/** URLs of peers, right and wrong. */
import { describe, expect, test } from "vitest";
import { formatEndpoint, parseEndpoint } from "../../src/endpoint/endpoint.ts";

describe("a URL", () => {
  test.each([
    ["tcp://127.0.0.1:7400", "tcp", false, "/"],
    ["tls://example.org:7400", "tcp", true, "/"],
    ["ws://127.0.0.1:80/path?x=1", "ws", false, "/path?x=1"],
    ["wss://[::1]:443", "ws", true, "/"],
    ["grpc://127.0.0.1:7400", "grpc", false, "/"],
    ["grpcs://127.0.0.1:7400", "grpc", true, "/"],
  ])("%s is read and written", (text, transport, secure, path) => {
    const endpoint = parseEndpoint(text);
    expect(endpoint).toMatchObject({ transport, secure, path });
    expect(formatEndpoint(endpoint)).toBe(text);
  });

  test.each([
    ["http://127.0.0.1:80", /http:\/\/ is not spoken here: give tcp:/],
    ["toString://127.0.0.1:80", /not spoken here/],
    ["tcp://127.0.0.1", /no port: give tcp:\/\/127\.0\.0\.1:7400$/],
    ["ws://127.0.0.1/path", /no port: give ws:\/\/127\.0\.0\.1:7400\/path$/],
    ["tcp://127.0.0.1:7400/path", /no path$/],
    ["grpc://127.0.0.1:7400/path", /no path$/],
    ["ws://127.0.0.1:7400/#here", /fragment/],
    ["tcp://127.0.0.1:70000", /no port 70000/],
    ["127.0.0.1:7400", /did you mean tcp:\/\/127\.0\.0\.1:7400\?/],
    ["tcp://me@127.0.0.1:7400", /no address of a peer/],
    ["", /no address of a peer/],
  ])("%s is refused with what to do", (text, why) => {
    expect(() => parseEndpoint(text)).toThrow(why);
  });
});
