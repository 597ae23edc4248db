import { describe, expect, it } from "vitest";
import type { Leg, LegEnd, Loss } from "../../src/relay/leg.ts";
import { pipe } from "../../src/relay/pipe.ts";
import { deferred } from "./support.ts";

/** A leg by hand: what it reads is pushed, and what it is written waits until it is let through. */
class FakeLeg implements Leg {
  readonly remote: string = "a fake";
  readonly calls: string[] = [];
  readonly #incoming: (string | undefined)[] = [];
  readonly #blocked: (() => void)[] = [];
  readonly #ended = deferred<LegEnd>();
  #wake = (): void => {};
  isBlocking = false;
  isFinished = false;
  end: LegEnd | undefined;
  reads = 0;

  get ended(): Promise<LegEnd> {
    return this.#ended.promise;
  }

  /** Lets the peer say something; undefined for the end of its direction. */
  says(...pieces: (string | undefined)[]): void {
    this.#incoming.push(...pieces);
    this.#wake();
  }

  ends(end: LegEnd): void {
    this.end = end;
    this.#ended.resolve(end);
    this.#wake();
    this.letThrough();
  }

  letThrough(): void {
    for (const resolve of this.#blocked.splice(0)) resolve();
  }

  async leavesSomething(): Promise<boolean> {
    return this.#incoming.length > 0;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.reads += 1;
    while (this.#incoming.length === 0 && this.end === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#incoming.length === 0) return undefined;
    const piece = this.#incoming.shift();
    if (piece === undefined) this.isFinished = true;
    return piece === undefined ? undefined : Buffer.from(piece);
  }

  write(piece: Uint8Array): Promise<void> {
    if (this.end !== undefined) return Promise.resolve();
    this.calls.push(`write ${piece}`);
    return this.isBlocking
      ? new Promise((resolve) => this.#blocked.push(resolve))
      : Promise.resolve();
  }

  finish(): void {
    this.calls.push("finish");
  }

  close(): void {
    this.calls.push("close");
    this.ends({ orderly: true, why: "closed here" });
  }

  fail({ code, reason, retryAfterMs }: Loss): void {
    this.calls.push(
      `fail ${code} ${reason}${retryAfterMs === undefined ? "" : ` ${retryAfterMs}`}`,
    );
    this.ends({ orderly: false, why: "failed here" });
  }

  stop(loss: Loss): void {
    this.fail(loss);
  }
}

const FOREVER_MS = 3_600_000;

/** Until everything that can happen without time has happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}

describe("a pipe", () => {
  it("carries both ways, half-closes, and closes both when both are done", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    const end = pipe(a, b, FOREVER_MS);
    a.says("one", "two", undefined);
    await settle();
    expect(b.calls).toEqual(["write one", "write two", "finish"]);
    b.says("three");
    await settle();
    expect(a.calls).toEqual(["write three"]);
    b.says(undefined);
    expect(await end).toMatchObject({ by: undefined, forwardBytes: 6, backBytes: 5 });
    expect(a.calls).toEqual(["write three", "finish", "close"]);
    expect(b.calls).toEqual(["write one", "write two", "finish", "close"]);
  });

  it("reads one piece of what a slow leg has not taken, and no more", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    pipe(a, b, FOREVER_MS);
    b.isBlocking = true;
    a.says(..."abcdefgh");
    b.says("the other way");
    await settle();
    expect(b.calls).toEqual(["write a"]);
    expect(a.reads).toBe(1);
    expect(a.calls).toEqual(["write the other way"]); // not held up by that
    b.letThrough();
    await settle();
    expect(b.calls).toEqual(["write a", "write b"]);
    expect(a.reads).toBe(2);
    a.ends({ orderly: true, why: "over" });
    b.ends({ orderly: true, why: "over" });
  });

  it("delivers what came before a loss, and then tells the other leg why", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    const end = pipe(a, b, FOREVER_MS);
    b.isBlocking = true;
    a.says("one", "two");
    await settle();
    a.ends({
      orderly: false,
      why: "silent for 7 ms",
      end: { kind: "closed", by: "remote", code: 2, reason: "", retryAfterMs: 9 },
    });
    await settle();
    expect(b.calls).toEqual(["write one"]);
    b.letThrough();
    await settle();
    b.letThrough();
    expect(await end).toMatchObject({ by: a, forwardBytes: 6 });
    expect(b.calls).toEqual(["write one", "write two", "fail 12 the other leg: silent for 7 ms 9"]);
  });

  it("does not wait for ever for a leg that takes nothing of that", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    const end = pipe(a, b, 20);
    b.isBlocking = true;
    a.says("one", "two");
    await settle();
    a.ends({ orderly: true, why: "closed" });
    expect(await end).toMatchObject({ by: a });
    // Not in good order: that would make what it did get look complete.
    expect(b.calls).toEqual(["write one", "fail 12 the other leg: closed"]);
  });

  it("reads no more from a leg whose other leg is gone", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    const end = pipe(a, b, FOREVER_MS);
    await settle();
    a.isBlocking = true;
    b.says("left behind");
    await settle();
    b.ends({ orderly: false, why: "lost" });
    a.says(..."0123456789");
    await settle();
    expect(a.reads).toBeLessThanOrEqual(2);
    a.letThrough();
    await end;
    expect(a.calls).toEqual(["write left behind", "fail 12 the other leg: lost"]);
  });

  it("says who ended it when the last octets were lost after both directions were done", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    b.close = () => b.ends({ orderly: false, why: "lost as it closed" });
    const end = pipe(a, b, FOREVER_MS);
    a.says(undefined);
    b.says(undefined);
    expect(await end).toMatchObject({ by: b, end: { why: "lost as it closed" } });
  });

  it.each(["read", "write", "finish", "close"] as const)(
    "fails both legs when one of them throws in %s, and does not reject",
    async (method) => {
      const [a, b] = [new FakeLeg(), new FakeLeg()];
      const error = new Error("a defect");
      b[method] = () => {
        throw error;
      };
      const end = pipe(a, b, FOREVER_MS);
      a.says("one", undefined);
      if (method === "close") b.says(undefined);
      expect(await end).toMatchObject({ error });
      for (const { calls } of [a, b]) expect(calls).toContain("fail 13 an error of the relay");
    },
  );

  it("is not concerned by an error towards a leg that is gone", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    b.write = async () => {
      await b.ended;
      throw new Error("too late");
    };
    const end = pipe(a, b, FOREVER_MS);
    a.says("one");
    await settle();
    b.ends({ orderly: false, why: "lost" });
    expect(await end).toMatchObject({ by: b });
    expect(await end).not.toHaveProperty("error");
    expect(a.calls).toEqual(["fail 12 the other leg: lost"]);
  });

  it("ends when both legs are lost at once", async () => {
    const [a, b] = [new FakeLeg(), new FakeLeg()];
    const end = pipe(a, b, FOREVER_MS);
    a.ends({ orderly: false, why: "one" });
    b.ends({ orderly: false, why: "two" });
    expect(await end).toMatchObject({ by: a });
  });
});
