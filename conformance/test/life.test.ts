/** Life beside the steps: where it goes out, and where it must not. */
import { describe, expect, test } from "vitest";
import type { Step } from "../src/cases/model.ts";
import type { CaseConnection } from "../src/runner/connection.ts";
import type { Execution } from "../src/runner/execution.ts";
import { withLife } from "../src/runner/life.ts";
import { decodeFrame } from "../src/wire/decode.ts";

/** A connection whose timers fire when a test says so. */
class FakeConnection {
  opened = true;
  isGone = false;
  kept: object | undefined;
  readonly acts = new Set<() => void>();
  readonly sent: Uint8Array[] = [];

  every(_periodMs: number, act: () => void): () => void {
    this.acts.add(act);
    return () => this.acts.delete(act);
  }

  sendFrame(frame: Uint8Array): void {
    this.sent.push(frame);
  }

  get lives(): boolean {
    return this.acts.size > 0;
  }
}

function step(verb: string, args: unknown = {}): Step {
  return { verb, args, conn: 0 } as Step;
}

function setUp(): {
  connection: FakeConnection;
  marks: string[];
  perform(next: Step): Promise<boolean>;
} {
  const connection = new FakeConnection();
  const marks: string[] = [];
  const run = {
    connection: () => connection as unknown as CaseConnection,
    mark: (_conn: number, what: string) => void marks.push(what),
  } as unknown as Execution;
  let livedMeanwhile = false;
  const perform = withLife(async (_, { verb }) => {
    livedMeanwhile = connection.lives;
    if (verb === "stop") connection.acts.clear();
  }, 700);
  return {
    connection,
    marks,
    perform: async (next) => {
      await perform(run, next);
      return livedMeanwhile;
    },
  };
}

describe("life", () => {
  test("begins with the connection, is a body that nobody knows, and is told once", async () => {
    const { connection, marks, perform } = setUp();
    await perform(step("connect"));
    await perform(step("wait", "1u"));
    for (const act of connection.acts) act();
    expect(connection.sent.map((frame) => decodeFrame(frame).body)).toEqual(["unknown"]);
    expect(marks).toEqual([expect.stringContaining("every 700 ms")]);
  });

  test("does not begin on a connection that never opened", async () => {
    const { connection, perform } = setUp();
    connection.opened = false;
    await perform(step("connect"));
    expect(connection.lives).toBe(false);
  });

  test("keeps out of a frame in pieces, also while a piece is kept back", async () => {
    const { connection, perform } = setUp();
    await perform(step("connect"));
    const frame = { data: "x" };
    expect(await perform(step("slice", { frame, pieces: 3, every: "1u" }))).toBe(false);
    expect(connection.lives).toBe(true);
    connection.kept = {};
    await perform(step("slice", { frame, pieces: 3, every: "1u", keep: 1 }));
    await perform(step("wait", "1u"));
    expect(connection.lives).toBe(false);
    connection.kept = undefined;
    await perform(step("finish_slice"));
    expect(connection.lives).toBe(true);
  });

  test("outlives the step that stops everything else", async () => {
    const { connection, perform } = setUp();
    await perform(step("connect"));
    await perform(step("stop"));
    expect(connection.lives).toBe(true);
  });

  test.each([
    step("send", { close: 1 }),
    step("send", { octets: "ff" }),
    step("send", { heartbeat: "1u", version: "none" }),
    step("join", [{ data: "good" }, { octets: "ff" }]),
    step("raw", { octets: "ff", what: "garbage" }),
    step("announce", { bytes: 10 }),
    step("text", "hello"),
    step("half_close"),
    step("end"),
    step("reset"),
  ])("ends before $verb $args, for good", async (last) => {
    const { connection, perform } = setUp();
    await perform(step("connect"));
    expect(await perform(last)).toBe(false);
    await perform(step("wait", "1u"));
    expect(connection.lives).toBe(false);
  });
});
