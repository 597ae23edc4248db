import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XmlDocument } from "libxml2-wasm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { badgeOf, renderBadge } from "../../src/report/badge.ts";
import { writeReports } from "../../src/report/index.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { parseReport } from "../../src/report/parse.ts";
import { hostileReport, reportOf, resultOf, sampleReport } from "./fixture.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pulsewire-report-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe("writeReports", () => {
  test.each([
    ["a run", sampleReport()],
    ["an empty run", reportOf([], { exitCode: 3 })],
    ["a run that ended early", reportOf([], { exitCode: 4, problem: "spawn ENOENT" })],
    ["a hostile run", hostileReport()],
  ])("writes all files for %s, into a folder that it makes", async (_name, report) => {
    const target = join(directory, "a", "b");
    expect(await writeReports(report, target)).toEqual(
      ["index.html", "report.json", "junit.xml", "summary.md", "badge.json", "badge.svg"].map(
        (name) => join(target, name),
      ),
    );
    expect((await readdir(target)).sort()).toEqual([
      "badge.json",
      "badge.svg",
      "index.html",
      "junit.xml",
      "report.json",
      "summary.md",
    ]);
    const json: unknown = JSON.parse(await readFile(join(target, "report.json"), "utf8"));
    expect(json).toEqual(JSON.parse(JSON.stringify(report)));
  });
});

describe("summary.md", () => {
  test("shows totals, families and what needs attention", () => {
    const results = [
      resultOf("pass", { role: "dial" }),
      resultOf("fail"),
      resultOf("fail", { transport: "ws" }),
      resultOf("na", { caseId: "GWY-001", family: "gateways" }),
    ];
    expect(renderMarkdown(reportOf(results, { exitCode: 1 }))).toBe(
      `## ❌ acme-pulse 0.4.1: Does not conform

1 case failed, in 2 of 3 results.

| ✗ fail | ✓ pass | – not applicable |
| ---: | ---: | ---: |
| 2 | 1 | 1 |

| family | tcp dial | tcp listen | ws listen |
| --- | ---: | ---: | ---: |
| adoption | 1/1 | **0/1** | **0/1** |
| gateways | – | – | – |

### What was found

<details>
<summary>✗ <b>ADP-001</b> a passive peer adopts on the first heartbeat <i>(fail: tcp listen, ws listen)</i></summary>

> **PW-ADP-2** A side that receives a heartbeat with a value \\*T\\* MUST set \\*E\\* to max(\\*T\\*, floor) if \\*E\\* is undefined or \\*T\\* is less than \\*E\\*.

- expected: a heartbeat of 200 ms within 100 ms (+80) of the one sent
- **seen: first heartbeat after 412 ms**
- the harness closed with NORMAL after 800 ms

\`\`\`text
ms       0                   200                400                 600
-> peer  ·h···················h··················h······································c
<- peer  ··········································h················h···················|
expect    [=================] announces E

npx pulsewire-conformance run --case ADP-001 --transport tcp,ws --role listen
\`\`\`

</details>

<details><summary>Not applicable (1)</summary>

- 1 result: the feature "data" is not claimed

</details>

<sub>Protocol 1, suite 0.1.0, unit 200 ms, tolerance -20/+80 ms, linux x64, 2 CPUs, Node 20.19.0, 12.3 s</sub>
`,
    );
  });

  test("stays short when everything fails", () => {
    const results = Array.from({ length: 200 }, (_, index) =>
      resultOf("fail", { caseId: `ADP-${index}` }),
    );
    const text = renderMarkdown(reportOf(results, { exitCode: 1 }));
    expect(text).toContain("and 160 more cases, in the HTML report");
    expect(text.match(/^<details>$/gm)).toHaveLength(40);
    expect(text.length).toBeLessThan(60_000);
  });

  test("turns no string of a testee into markup", () => {
    const text = renderMarkdown(hostileReport());
    // What is ours, and what stands in a fence that it cannot close.
    const rest = text
      .replace(/^(`{3,})text\n[\s\S]*?^\1$/gm, "")
      .replace(/<\/?(sub|details|summary|b|i)>|^> /gm, "");
    expect(rest).not.toMatch(/(?<!\\)[<>]/);
    expect(rest).not.toMatch(/(?<!\\)\[x|(?<!\\)@all|https:\/\//);
    expect(text.match(/^`{3,}/gm)).toHaveLength(4);
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
  });

  test("tells why a run ended early", () => {
    expect(renderMarkdown(reportOf([], { exitCode: 4, problem: "spawn ENOENT" }))).toContain(
      "> **Problem:** spawn ENOENT",
    );
  });
});

describe("the badge", () => {
  test("counts cases, each well only if it was so everywhere", () => {
    const results = [
      resultOf("pass", { caseId: "ADP-001" }),
      resultOf("fail", { caseId: "ADP-001", transport: "ws" }),
      resultOf("warn", { caseId: "ADP-002" }),
      resultOf("na", { caseId: "ADP-003" }),
      resultOf("fail", { caseId: "ADP-004", scored: false }),
    ];
    expect(badgeOf(reportOf(results, { exitCode: 1 }))).toEqual({
      schemaVersion: 1,
      label: "pulsewire",
      message: "protocol 1: 1/2 cases",
      color: "red",
    });
  });

  test.each([
    [0, "brightgreen"],
    [1, "red"],
    [2, "yellow"],
    [3, "lightgrey"],
    [4, "red"],
    [70, "red"],
  ] as const)("of exit code %i is %s", (exitCode, color) => {
    expect(badgeOf(reportOf([resultOf("pass")], { exitCode })).color).toBe(color);
  });

  test("does not say 0/0 of a run that judged nothing", () => {
    expect(badgeOf(reportOf([], { exitCode: 3 })).message).toBe("protocol 1: not judged");
  });

  test("is one well-formed picture with a name", () => {
    const svg = renderBadge(badgeOf(reportOf([resultOf("pass")])));
    const document = XmlDocument.fromString(svg);
    expect(document.root.attr("aria-label")?.value).toBe("pulsewire: protocol 1: 1/1 cases");
    expect(svg).not.toMatch(/href|<script|url\((?!#)/);
    document.dispose();
  });
});

describe("parseReport", () => {
  test("reads what was written", () => {
    const report = sampleReport();
    expect(parseReport(JSON.stringify(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  test.each([
    ["nothing", "", /JSON/],
    ["something else", "[]", /must be object/],
    ["a later report", '{"schema": 2}', /has schema 2, and this suite reads 1/],
    ["half a report", '{"schema": 1}', /must have required property/],
  ])("says what is wrong with %s", (_name, text, problem) => {
    expect(() => parseReport(text)).toThrow(problem);
  });
});
