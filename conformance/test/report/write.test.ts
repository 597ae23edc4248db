import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeReports } from "../../src/report/index.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
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
      ["index.html", "report.json", "junit.xml", "summary.md"].map((name) => join(target, name)),
    );
    expect((await readdir(target)).sort()).toEqual([
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

2 of 4 results are failures.

| ✗ fail | ✓ pass | – not applicable |
| ---: | ---: | ---: |
| 2 | 1 | 1 |

| family | tcp dial | tcp listen | ws listen |
| --- | ---: | ---: | ---: |
| adoption | 1/1 | **0/1** | **0/1** |
| gateways | – | – | – |

|  | case | where | clause | expected | seen (first) |
| --- | --- | --- | --- | --- | --- |
| fail | **ADP-001** a passive peer adopts on the first heartbeat | tcp listen, ws listen | MUST PW-ADP-2 | a heartbeat of 200 ms within 100 ms (+80) of the one sent | first heartbeat after 412 ms |

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
    expect(text.match(/^\| fail \|/gm)).toHaveLength(40);
  });

  test("turns no string of a testee into markup", () => {
    const text = renderMarkdown(hostileReport());
    expect(text.replace(/<\/?sub>|^> /gm, "")).not.toMatch(/(?<!\\)[<>]/);
    expect(text).not.toMatch(/(?<!\\)\[x|(?<!\\)@all|https:\/\//);
    // As many cells in each row as in the head of its table.
    const rows = text
      .split("\n")
      .filter((line) => line.startsWith("| fail") || line.startsWith("| warn"));
    expect(rows.map((line) => line.match(/(?<!\\)\|/g)?.length)).toEqual([7, 7]);
  });

  test("tells why a run ended early", () => {
    expect(renderMarkdown(reportOf([], { exitCode: 4, problem: "spawn ENOENT" }))).toContain(
      "> **Problem:** spawn ENOENT",
    );
  });
});
