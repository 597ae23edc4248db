import { credentials, Client as RawClient, Server, type ServerUnaryCall } from "@grpc/grpc-js";
import { connect, listen, livenessService } from "pulsewire/grpc";
import { generate } from "selfsigned";
import { describe, expect, it } from "vitest";
import { freePort } from "../ports.ts";
import {
  accepted,
  bound,
  closing,
  failure,
  heartbeat,
  hostPort,
  message,
  open,
  RawCall,
  text,
  within,
} from "./support.ts";

describe("listen", () => {
  it("says when the port is taken", async () => {
    const listener = closing(await listen());
    const port = Number(new URL(listener.address).port);
    expect(await failure(listen({ port }))).toMatchObject({ code: "PW_ADDRESS_IN_USE" });
  });

  it("says when it cannot listen there", async () => {
    const error = await failure(listen({ host: "192.0.2.1" }));
    expect(error).toMatchObject({ code: "PW_LISTEN_FAILED" });
  });

  it("refuses a wrong configuration before it opens a port", async () => {
    const port = await freePort();
    expect(await failure(listen({ port, heartbeatTimeMs: 1 }))).toMatchObject({
      code: "PW_CONFIG",
    });
    expect(await failure(listen({ port: 70_000 }))).toMatchObject({ code: "PW_CONFIG" });
    const error = await failure(listen({ port, tls: { cert: "no", key: "pem" } }));
    expect(error).toMatchObject({ code: expect.stringMatching(/PW_CONFIG|PW_LISTEN_FAILED/) });
    closing(await listen({ port }));
  });

  it("refuses whom authorize refuses", async () => {
    const { address } = closing(
      await listen({
        authorize: async (metadata) => {
          const [token] = metadata.get("authorization");
          if (token === "throw") throw new Error("secret");
          return token === "good" || (token === "odd" && { code: 5, details: "not here" });
        },
      }),
    );
    const dial = (authorization: string) =>
      connect({ url: address, metadata: { authorization }, heartbeatTimeMs: 5000 });
    expect(await failure(dial("bad"))).toMatchObject({ cause: { code: 16 } });
    expect(await failure(dial("odd"))).toMatchObject({ cause: { code: 5, details: "not here" } });
    const error = await failure(dial("throw"));
    expect(error).toMatchObject({ code: "PW_CONNECT_FAILED", cause: { code: 13 } });
    expect(String(error)).not.toContain("secret");
    const session = await open({ url: address, metadata: { authorization: "good" } });
    expect(session.state).toBe("open");
  });

  it.each([
    undefined,
    null,
    0,
    1,
    "yes",
    [],
    {},
    { code: 0, details: "OK" },
    { code: 17, details: "none of gRPC's" },
    { code: 7.5, details: "" },
    { code: 7 },
  ])("lets nobody in when authorize answers %j", async (answer) => {
    const authorize = (() => answer) as unknown as () => boolean;
    const listener = closing(await listen({ authorize }));
    const error = await failure(connect({ url: listener.address }));
    expect(error).toMatchObject({
      code: "PW_CONNECT_FAILED",
      cause: { code: 13, details: "the server could not authorize the call" },
    });
    expect(listener.sessions.size).toBe(0);
  });

  it("sends the details of authorize also when they are no whole characters", async () => {
    const authorize = () => ({ code: 7, details: "half \uD83D" });
    const { address } = closing(await listen({ authorize }));
    expect(await failure(connect({ url: address }))).toMatchObject({
      cause: { code: 7, details: "half \uFFFD" },
    });
  });

  it.each([
    ["options", null],
    ["host", { host: "" }],
    ["host", { host: 1 }],
    ["port", { port: "80" }],
    ["port", { port: 1.5 }],
    ["authorize", { authorize: "yes" }],
    ["tls", { tls: null }],
    ["credentials", { credentials: {} }],
    ["serverOptions", { serverOptions: "none" }],
  ])("refuses %s of the wrong type: %j", async (name, options) => {
    // @ts-expect-error: what JavaScript lets through
    const error = await failure(listen(options).then(closing));
    expect(error).toMatchObject({
      code: "PW_CONFIG",
      message: expect.stringMatching(`${name} must be `),
    });
  });

  it("says so when it listens everywhere", async () => {
    const { address } = closing(await listen({ host: "0.0.0.0" }));
    expect(address).toMatch(/^grpc:\/\/0\.0\.0\.0:\d+$/);
    expect((await open({ url: address })).state).toBe("open");
  });

  it("holds the frames of a client while authorize thinks, and forgets one that left", async () => {
    const asked: ((verdict: boolean) => void)[] = [];
    let look = (): void => {};
    const listener = closing(
      await listen({
        authorize: () =>
          new Promise((resolve) => {
            asked.push(resolve);
            look();
          }),
      }),
    );
    const askedTimes = (count: number): Promise<void> =>
      within(
        new Promise((resolve) => {
          look = () => asked.length === count && resolve();
          look();
        }),
      );
    const leaving = new RawCall(listener.address);
    await askedTimes(1);
    leaving.call.cancel();
    await within(leaving.status);
    const raw = new RawCall(listener.address);
    raw.write(heartbeat(5000));
    await askedTimes(2);
    expect(raw.log).toEqual([]);
    for (const decide of asked) decide(true);
    expect((await raw.frame("heartbeat")).heartbeat.heartbeatTimeMs).toBe(5000);
    expect(raw.log).toEqual(["metadata", "heartbeat"]);
    expect(listener.sessions.size).toBe(1);
  });

  it("ends every session when it is closed, and lets go of the port", async () => {
    // Longer than this test may take: nobody has to be waited for.
    const listener = await listen({ port: await freePort(), closeTimeoutMs: 60_000 });
    const port = Number(new URL(listener.address).port);
    const sessions = await Promise.all([1, 2, 3].map(() => open({ url: listener.address })));
    await Promise.all(sessions.map(() => accepted(listener)));
    await within(listener.close());
    for (const session of sessions) {
      expect(await within(session.closed)).toMatchObject({ kind: "closed", by: "remote", code: 2 });
    }
    expect(listener.sessions.size).toBe(0);
    closing(await listen({ port }));
  });

  it("does not wait for ever for a client that ignores Close", async () => {
    const listener = await listen({ closeTimeoutMs: 300 });
    const raw = new RawCall(listener.address);
    await accepted(listener);
    await within(listener.close(), 3000);
    expect(await within(raw.status)).toMatchObject({ code: 14 });
    expect(raw.log).toEqual(["metadata", "close", "status"]);
  });

  it("speaks TLS and asks for client certificates", async () => {
    const authority = await generate([{ name: "commonName", value: "authority" }], {
      algorithm: "sha256",
      keyType: "ec",
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, digitalSignature: true },
      ],
    });
    const ca = { key: authority.private, cert: authority.cert };
    const signed = (name: string) =>
      generate([{ name: "commonName", value: name }], {
        algorithm: "sha256",
        keyType: "ec",
        ca,
        extensions: [
          { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
          { name: "extKeyUsage", serverAuth: true, clientAuth: true },
        ],
      });
    const [server, client] = await Promise.all([signed("server"), signed("client")]);
    const listener = closing(
      await listen({ tls: { cert: server.cert, key: server.private, ca: authority.cert } }),
    );
    expect(listener.address).toMatch(/^grpcs:/);
    const tls = { ca: authority.cert, cert: client.cert, key: client.private };
    const session = await open({ url: listener.address, tls, heartbeatTimeMs: 5000 });
    const peer = await accepted(listener);
    expect([session.transport, peer.transport]).toEqual(["grpcs", "grpcs"]);
    session.send("over TLS");
    expect(text(await message(peer))).toBe("over TLS");

    const unknown = connect({ url: listener.address, tls: { ca: authority.cert } });
    expect(await failure(unknown)).toMatchObject({ code: "PW_CONNECT_FAILED" });
    const untrusting = connect({ url: listener.address });
    expect(await failure(untrusting)).toMatchObject({
      code: "PW_CONNECT_FAILED",
      cause: { code: 14 },
    });
    const plain = connect({ target: hostPort(listener.address) });
    expect(await failure(plain)).toMatchObject({ code: "PW_CONNECT_FAILED" });
  });

  it("holds the certificate against the IP address that was dialled", {
    timeout: 20_000,
  }, async () => {
    const generated = await generate([{ name: "commonName", value: "elsewhere" }], {
      algorithm: "sha256",
      keyType: "ec",
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.2" }] }],
    });
    const tls = { cert: generated.cert, key: generated.private };
    const listener = closing(await listen({ tls }));
    const mistaken = connect({ url: listener.address, tls: { ca: generated.cert } });
    expect(await failure(mistaken)).toMatchObject({ code: "PW_CONNECT_FAILED" });

    const there = closing(await listen({ host: "127.0.0.2", tls }));
    const session = await open({ url: there.address, tls: { ca: generated.cert } });
    expect(session.remote).toContain("127.0.0.2");
  });
});

describe("livenessService", () => {
  it("lives beside another service, and closing it leaves the server alone", async () => {
    const server = new Server();
    const same = (octets: Buffer): Buffer => octets;
    const echo = {
      path: "/test.Echo/Say",
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    server.addService(
      { say: echo },
      {
        say: (call: ServerUnaryCall<Buffer, Buffer>, reply: (error: null, value: Buffer) => void) =>
          reply(null, call.request),
      },
    );
    const { definition, implementation, listener } = livenessService({ heartbeatTimeMs: 5000 });
    server.addService({ ...definition }, { ...implementation });
    const url = await bound(server);
    const client = new RawClient(hostPort(url), credentials.createInsecure());
    const say = (): Promise<string> =>
      within(
        new Promise((resolve, reject) => {
          client.makeUnaryRequest(echo.path, same, same, Buffer.from("hi"), (error, answer) => {
            if (error === null && answer !== undefined) resolve(answer.toString());
            else reject(error);
          });
        }),
      );
    const session = await open({ client });
    const peer = await accepted(listener);
    session.send("beside");
    expect(text(await message(peer))).toBe("beside");
    expect(await say()).toBe("hi");
    await within(listener.close());
    expect(await within(session.closed)).toMatchObject({ kind: "closed", by: "remote", code: 2 });
    expect(await failure(connect({ client }))).toMatchObject({
      cause: { code: 14, details: "the listener is closed" },
    });
    expect(await say()).toBe("hi");
    client.close();
  });

  it("refuses a wrong configuration at once", () => {
    expect(() => livenessService({ heartbeatTimeMs: 1 })).toThrow("PW_CONFIG");
    // @ts-expect-error: what JavaScript lets through
    expect(() => livenessService(null)).toThrow("options must be an object");
  });
});
