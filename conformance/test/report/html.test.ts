import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { visible } from "../../assets/report/client/dom.js";
import { inflate, unpack } from "../../assets/report/client/unpack.js";
import type { Report } from "../../src/model.ts";
import { readAssets } from "../../src/report/html/assets.ts";
import type { PageData, PeerData } from "../../src/report/html/data.ts";
import { renderHtml } from "../../src/report/html/index.ts";
import { pack } from "../../src/report/html/pack.ts";
import { trim } from "../../src/report/html/trim.ts";
import { at, beat, HOSTILE, hostileReport, reportOf, resultOf, sampleReport } from "./fixture.ts";

/** What stands in the one element that a pattern finds. */
function only(html: string, pattern: RegExp): string {
  const matches = [...html.matchAll(pattern)];
  expect(matches).toHaveLength(1);
  return matches[0]?.[1] ?? "";
}

const DATA = /<script type="application\/octet-stream" id="data">(.*?)<\/script>/gs;
const STYLE = /<style>(.*?)<\/style>/gs;
const SCRIPT = /<script type="module">(.*?)<\/script>/gs;

/** What the page draws from, read as the page reads it. */
async function dataOf(html: string): Promise<readonly PeerData[]> {
  return unpack<PageData>(JSON.parse(await inflate(only(html, DATA)))).peers;
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function versionOf(version: string): Report {
  const report = reportOf([resultOf("pass")]);
  const { testee } = report;
  return testee === undefined ? report : { ...report, testee: { ...testee, version } };
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

describe("index.html", () => {
  test("holds the whole report", async () => {
    const report = sampleReport();
    const [peer] = await dataOf(await renderHtml([report]));
    expect(peer?.report).toEqual(plain(report));
  });

  test("holds several reports, in the order in which they were given", async () => {
    const reports = ["1.0", "1.1", "2.0"].map((version) => versionOf(version));
    const peers = await dataOf(await renderHtml(reports));
    expect(peers.map(({ report }) => report)).toEqual(plain(reports));
  });

  test("stays below 400 kB with 360 results, and below 250 kB more for each further peer", async () => {
    const report = sampleReport();
    expect(report.results).toHaveLength(360);
    const one = Buffer.byteLength(await renderHtml([report]));
    expect(one).toBeLessThan(400e3);
    expect(Buffer.byteLength(await renderHtml([report, report, report]))).toBeLessThan(one + 500e3);
  });

  test("stays below 3 MB when a testee talks without end", async () => {
    const events = Array.from({ length: 5000 }, (_, ms) => beat("received", ms, 200));
    const results = sampleReport().results.map((result) => ({
      ...result,
      stderr: "x".repeat(65_536),
      trace: result.verdict === "fail" ? { ...result.trace, events } : result.trace,
    }));
    expect(Buffer.byteLength(await renderHtml([reportOf(results)]))).toBeLessThan(3e6);
  });

  test("needs nothing but itself", async () => {
    const html = await renderHtml([sampleReport()]);
    const style = only(html, STYLE);
    const script = only(html, SCRIPT);
    expect(html).not.toMatch(/<(link|script|img|iframe)[^>]* (src|href)="(?!data:)/);
    expect(style).not.toMatch(/@import|url\((?!"#)/);
    expect(script).not.toMatch(/^\s*(import|export)\b|\bfetch\(|XMLHttpRequest/m);
  });

  test("allows exactly its own style and script", async () => {
    const html = await renderHtml([reportOf([])]);
    const policy = only(html, /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/g);
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src '${hash(only(html, SCRIPT))}'`,
      `style-src '${hash(only(html, STYLE))}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test("turns no string of a testee into markup", async () => {
    const html = await renderHtml([hostileReport()]);
    const data = only(html, DATA);
    expect(data).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(html.replace(data, "")).not.toContain("alert(");
    expect(html.match(/<script/g)).toHaveLength(2);
    const [peer] = await dataOf(html);
    expect(peer?.report.testee?.name).toBe(HOSTILE);
    expect(peer?.report).toEqual(plain(hostileReport()));
    expect(Object.hasOwn({}, "polluted") || "polluted" in {}).toBe(false);
  });

  test("is written for a run that never began", async () => {
    const { testee: _, ...report } = reportOf([], { exitCode: 4, problem: "spawn ENOENT" });
    expect(await dataOf(await renderHtml([report]))).toMatchObject([
      {
        report: { problem: "spawn ENOENT", results: [] },
        headline: { tone: "bad", title: "The testee broke its contract" },
        findings: [],
      },
    ]);
  });

  test("names each finding once, with its places", async () => {
    const results = [
      resultOf("pass", { caseId: "ADP-002" }),
      resultOf("fail"),
      resultOf("fail", { transport: "ws" }),
    ];
    const [peer] = await dataOf(await renderHtml([reportOf(results, { exitCode: 1 })]));
    expect(peer?.findings).toEqual([
      {
        results: [1, 2],
        again: "npx pulsewire-conformance run --case ADP-001 --transport tcp,ws --role listen",
      },
    ]);
    expect(peer?.broken).toEqual([{ clause: "PW-ADP-2", cases: 1 }]);
  });
});

describe.each(["report", "matrix"] as const)("the client script of the page %s", (page) => {
  test("is one valid scope: no name is used twice across its modules", async () => {
    const { script } = await readAssets(page);
    // In a strict block, as in a module, a second declaration of a name is an error.
    expect(() => new Script(`"use strict";{${script}}`)).not.toThrow();
    expect(() => new Script(`"use strict";{${script}\nfunction el() {}}`)).toThrow(SyntaxError);
  });

  test("makes elements only from names and text", async () => {
    const { script, style } = await readAssets(page);
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function/,
    );
    expect(script + style).not.toMatch(/<\/(script|style)/i);
  });
});

test("the page shows what cannot be seen, and reorders nothing", () => {
  expect(visible("a\u001b[2Jb\u0000c\u202ed\u0085e\n\tf")).toBe("a␛[2Jb␀c\ufffdd\ufffde\n\tf");
});

describe("pack and unpack", () => {
  test.each<[string, unknown]>([
    ["null", null],
    ["a number", -7],
    ["a string", "text"],
    ["an empty array", []],
    ["an empty object", {}],
    ["nested arrays", [[0], [-1], [[]], [1, [2]]]],
    ["repeated strings", ["again", "again", { again: "again" }]],
    [
      "objects of one shape",
      [
        { a: 1, b: "x" },
        { a: 2, b: "y" },
        { b: "z", a: 3 },
      ],
    ],
    ["odd keys", JSON.parse('{"__proto__": {"constructor": 1}, "": "toString"}')],
  ])("give back %s", (_name, value) => {
    expect(JSON.stringify(unpack(JSON.parse(JSON.stringify(pack(value)))))).toBe(
      JSON.stringify(value),
    );
  });
});

describe("trim", () => {
  test("leaves a report alone that fits", () => {
    const report = sampleReport();
    expect(trim(report)).toEqual({ report, omissions: {} });
  });

  test("keeps the beginning and the end of a long trace, and says what is missing", () => {
    const events = Array.from({ length: 1000 }, (_, ms) => beat("received", ms, 200));
    const result = resultOf("fail");
    const long = {
      ...result,
      stderr: `${"x".repeat(9000)}last`,
      trace: { ...result.trace, events },
    };
    const { report, omissions } = trim(reportOf([resultOf("pass"), long]));
    expect(omissions).toEqual({ 1: { events: 600, stderr: 812 } });
    expect(report.results[1]?.trace.events).toEqual([
      ...events.slice(0, 200),
      ...events.slice(-200),
    ]);
    expect(report.results[1]?.stderr.endsWith("xlast")).toBe(true);
  });

  test("cuts what a testee says of itself", () => {
    const result = resultOf("fail");
    const events = [at(0, { kind: "testee", event: { ev: "x".repeat(1e6) } })];
    const { report } = trim(reportOf([{ ...result, trace: { ...result.trace, events } }]));
    expect(JSON.stringify(report.results[0]?.trace).length).toBeLessThan(3000);
  });
});
