/** One case played to somebody at a keyboard. */
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import { parseEndpoint } from "../src/endpoint/endpoint.ts";
import { Person } from "../src/serve/person.ts";
import { type Served, serve } from "../src/serve/serve.ts";
import { configLines, stepInWords } from "../src/serve/words.ts";
import { diallingPeer, listeningPeer, type Running } from "./support/running-peers.ts";

const catalogue = loadCases();
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function caseOf(id: string) {
  const spec = catalogue.find((candidate) => candidate.id === id);
  if (spec === undefined) throw new Error(`no case ${id}`);
  return spec;
}

function keep(peer: Running): Running {
  closers.push(() => peer.close());
  return peer;
}

/** Plays a case, pressing Enter whenever a line asks for it; `unasked` says at which lines besides. */
async function play(
  id: string,
  url: string,
  role: "dial" | "listen",
  pauses: boolean,
  unasked?: RegExp,
): Promise<Served & { readonly lines: string[] }> {
  const input = new PassThrough();
  const person = new Person(input);
  closers.push(() => person.dispose());
  const lines: string[] = [];
  const say = (line: string): void => {
    lines.push(line);
    const port = /The peer dials \S+:(\d+),/.exec(line)?.[1];
    if (port !== undefined)
      keep(diallingPeer(Number(port), { config: { slack_ms: 10_000, floor_ms: 100 } }));
    if (line.endsWith("[Enter]") || line === "Enter begins.")
      setTimeout(() => input.write("\n"), 20);
    if (unasked?.test(line) === true) setTimeout(() => input.write("\n"), 100);
  };
  const served = await serve({
    spec: caseOf(id),
    endpoint: parseEndpoint(url),
    role,
    tls: {},
    unitMs: 200,
    pauses,
    person,
    say,
  });
  return { ...served, lines };
}

describe("a case that is served", () => {
  test("says how the peer must be configured, in milliseconds", () => {
    expect(configLines(caseOf("PRB-001"), 1_000)).toEqual([
      "  heartbeat_time_ms       1000",
      "  slack_ms                4000",
      "  floor_ms                100",
    ]);
    expect(configLines(caseOf("ADP-001"), 1_000)[0]).toContain("none: it is passive");
  });

  test("is played to a peer that listens, and judged", async () => {
    const config = { slack_ms: 10_000, floor_ms: 100 };
    const { url } = keep(await listeningPeer({ config }));
    const { checks, lines } = await play("WIR-003", url, "listen", false);
    expect(checks.map(({ verdict }) => verdict)).not.toContain("fail");
    expect(lines.join("\n")).toMatch(/listens at tcp:.*configured with/);
    expect(lines.join("\n")).toMatch(/2\. send a heartbeat 200 ms\n +\d+ ms -> heartbeat 200 ms\n/);
    expect(lines.join("\n")).toMatch(/ms <- heartbeat 200 ms/);
  });

  test("waits for a peer that dials, and before each step if it is to pause", async () => {
    const { checks, lines } = await play("PRB-004", "tcp://127.0.0.1:0", "dial", true);
    expect(checks.find(({ id }) => id === "PRB-004/answered")?.verdict).toBe("pass");
    expect(lines.filter((line) => line.endsWith("[Enter]")).length).toBe(
      caseOf("PRB-004").steps.length,
    );
  });

  test("leaves to the person what only the application can do", async () => {
    const { url } = keep(await listeningPeer({ config: { heartbeat_time_ms: 4_000 } }));
    // Nobody closes: somebody presses Enter, and the end that is waited for does not come.
    const { checks, lines } = await play("CLS-005", url, "listen", false);
    expect(lines.join("\n")).toContain("you: let the application close the connection   [Enter]");
    const ends = checks.find(({ id }) => id === "CLS-005/ends-the-transport");
    expect(ends?.seen).toBe("there was no Close");
  });

  test("waits for ever while it pauses, until somebody gives that up", {
    timeout: 10_000,
  }, async () => {
    // A passive peer, where a heartbeat is waited for.
    const { url } = keep(await listeningPeer());
    const begun = performance.now();
    const { checks } = await play("LIV-002", url, "listen", true, /2\. wait for a heartbeat/);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(checks.find(({ id }) => id === "LIV-002/steps")?.seen).toContain("and none came");
  });

  test("goes on when nobody is at the keyboard any more", async () => {
    const input = new PassThrough();
    const person = new Person(input);
    const waiting = person.enter();
    input.end();
    await waiting;
    await person.enter();
  });
});

test("every step of every case has words", () => {
  for (const { steps } of catalogue)
    for (const step of steps) {
      const words = stepInWords(step, 200, "listen");
      expect(words).toMatch(/^[a-z]+:? [^{]*$/);
      expect(words).not.toMatch(/undefined|NaN|\[object/);
    }
});
