import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { PulsewireError } from "pulsewire";
import { attach, connect, listen } from "pulsewire/ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { portOf, rawClient } from "./helpers.ts";

/** Options as plain JavaScript gives them: the types refuse most of what follows. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point
type Untyped = any;

const dial = connect as (options?: Untyped) => Promise<AsyncDisposable>;

/** The error with which `promise` rejects; what it opens instead is closed. */
async function refusal(promise: Promise<AsyncDisposable>): Promise<PulsewireError> {
  const error = await promise.then(
    (opened) => opened[Symbol.asyncDispose](),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PulsewireError);
  return error as PulsewireError;
}

describe("authorize", () => {
  test.each<[Untyped, string]>([
    [true, "101"],
    [false, "401"],
    [{ status: 400 }, "400"],
    [{ status: 599, message: "later" }, "599"],
    [undefined, "500"],
    [null, "500"],
    [0, "500"],
    [1, "500"],
    ["", "500"],
    ["yes", "500"],
    [{}, "500"],
    [[], "500"],
    [{ status: 200 }, "500"],
    [{ status: 101 }, "500"],
    [{ status: 600 }, "500"],
    [{ status: 403.5 }, "500"],
    [{ status: "403" }, "500"],
    [{ status: 403, message: 5 }, "500"],
  ])("%j is answered with %s, promised or not", async (verdict, status) => {
    for (const authorize of [() => verdict, async () => verdict]) {
      await using listener = await listen({ closeTimeoutMs: 200, authorize });
      const head = await (await rawClient(portOf(listener))).head();
      expect(head.slice(9, 12)).toBe(status);
    }
  });
});

describe("listen", () => {
  test.each<[Untyped, string]>([
    [null, "options must be an object; got null"],
    [5, "options must be an object; got 5"],
    [{ host: "" }, 'host must be a name or an IP address; got ""'],
    [{ host: null }, "host must be a name or an IP address; got null"],
    [{ port: "80" }, 'port must be a whole number from 0 to 65535; got "80"'],
    [{ port: null }, "port must be a whole number from 0 to 65535; got null"],
    [{ port: 70_000 }, "port must be a whole number from 0 to 65535; got 70000"],
    [{ port: 0.5 }, "port must be a whole number from 0 to 65535; got 0.5"],
    [{ path: "live" }, 'path must begin with "/"; got "live"'],
    [{ path: 5 }, 'path must begin with "/"; got 5'],
    [{ path: null }, 'path must begin with "/"; got null'],
    [{ origins: "https://example.com" }, "origins must be an array of strings"],
    [{ origins: [/example/] }, "origins must be an array of strings"],
    [{ origins: null }, "origins must be an array of strings"],
    [{ authorize: null }, "authorize must be a function; got null"],
    [{ tls: null }, "tls must be an object; got null"],
    [{ tls: true }, "tls must be an object; got true"],
    [{ tls: {} }, "tls of listen needs cert and key, or pfx"],
    [{ tls: { key: "alone" } }, "tls of listen needs cert and key, or pfx"],
    [{ tls: { cert: "none", key: "none" } }, "tls is not usable"],
  ])("refuses %j", async (options, message) => {
    const error = await refusal(listen(options));
    expect(error.code).toBe("PW_CONFIG");
    expect(error.message).toContain(message);
  });
});

describe("connect", () => {
  const url = "ws://127.0.0.1:1";
  test.each<[Untyped, string]>([
    [undefined, "options must be an object; got undefined"],
    [null, "options must be an object; got null"],
    [url, "options must be an object"],
    [{ url, protocols: "chat" }, "protocols must be an array of strings"],
    [{ url, protocols: [5] }, "protocols must be an array of strings"],
    [{ url, signal: {} }, "signal must be an AbortSignal"],
    [{ url, signal: null }, "signal must be an AbortSignal"],
    [{ url, signal: new AbortController() }, "signal must be an AbortSignal"],
  ])("refuses %j", async (options, message) => {
    const error = await refusal(dial(options));
    expect(error.code).toBe("PW_CONFIG");
    expect(error.message).toContain(message);
  });
});

describe("attach", () => {
  test.each<[Untyped]>([[undefined], [null], [{}], [5], [() => {}], [new EventEmitter()]])(
    "refuses to attach to %s",
    (server) => {
      expect(() => attach(server)).toThrow(PulsewireError);
      expect(() => attach(server)).toThrow("server must be an HTTP or HTTPS server of Node");
    },
  );

  test("refuses options that are none", () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    for (const options of [null, { origins: "https://example.com" }, { path: 5 }] as Untyped[]) {
      expect(() => attach(server, options)).toThrow("PW_CONFIG");
    }
    expect(server.listenerCount("upgrade")).toBe(0);
  });
});
