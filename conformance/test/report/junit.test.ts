import { readFile } from "node:fs/promises";
import { XmlDocument, type XmlElement, XsdValidator } from "libxml2-wasm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/model.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { hostileReport, reportOf, resultOf, sampleReport } from "./fixture.ts";

let xsd: string;

beforeAll(async () => {
  xsd = await readFile(new URL("junit.xsd", import.meta.url), "utf8");
});

/** Validates, and hands the document to `look`. */
function inspect<T>(xml: string, look: (root: XmlElement) => T): T {
  const schema = XmlDocument.fromString(xsd);
  const validator = XsdValidator.fromDoc(schema);
  const document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
    return look(document.root);
  } finally {
    document.dispose();
    validator.dispose();
    schema.dispose();
  }
}

function attributes(element: XmlElement): Readonly<Record<string, string>> {
  return Object.fromEntries(element.attrs.map((attribute) => [attribute.name, attribute.value]));
}

function find(root: XmlElement, path: string): readonly Readonly<Record<string, string>>[] {
  return root.find(path).map((node) => attributes(node as XmlElement));
}

const eight = (): Report =>
  reportOf(
    [
      resultOf("pass", { caseId: "A-1" }),
      resultOf("fail", { caseId: "A-2" }),
      resultOf("warn", { caseId: "A-3" }),
      resultOf("info", { caseId: "A-4" }),
      resultOf("na", { caseId: "A-5" }),
      resultOf("untestable", { caseId: "A-6" }),
      resultOf("inconclusive", { caseId: "A-7" }),
      resultOf("error", { caseId: "A-8" }),
    ],
    { exitCode: 1 },
  );

describe("junit.xml", () => {
  test("counts failures, errors and skips as what they are", () => {
    inspect(renderJunit(eight()), (root) => {
      expect(attributes(root)).toEqual({
        name: "pulsewire-conformance",
        tests: "8",
        failures: "2",
        errors: "2",
        time: "12.345",
      });
      expect(find(root, "/testsuites/testsuite")).toEqual([
        {
          name: "tcp, peer listens",
          tests: "8",
          failures: "2",
          errors: "2",
          skipped: "1",
          time: "9.872",
          timestamp: "2026-03-14T09:26:53",
        },
      ]);
      expect(root.find("//failure")).toHaveLength(2);
      expect(root.find("//error")).toHaveLength(2);
      expect(root.find("//skipped")).toHaveLength(1);
    });
  });

  test.each([
    ["A-1", undefined],
    ["A-2", "failure"],
    ["A-3", "system-out"],
    ["A-4", undefined],
    ["A-5", "skipped"],
    ["A-6", "failure"],
    ["A-7", "error"],
    ["A-8", "error"],
  ])("%s becomes %s", (caseId, child) => {
    inspect(renderJunit(eight()), (root) => {
      const [element] = root.find(`//testcase[starts-with(@name, "${caseId}")]`) as XmlElement[];
      expect(element && attributes(element)).toEqual({
        name: `${caseId} a passive peer adopts on the first heartbeat`,
        classname: "pulsewire.tcp.listen.adoption",
        time: "1.234",
      });
      const children = element?.find("*").map((node) => (node as XmlElement).name);
      expect(children).toEqual(child === undefined ? [] : [child]);
    });
  });

  test("skips what is expected and what is not scored, and says why", () => {
    const expectation = {
      status: "fail",
      entry: "ADP-001",
      issue: "https://example.org/7",
      expires: "2027-01-31",
    } as const;
    const results = [
      resultOf("fail", { expectation }),
      resultOf("fail", { scored: false }),
      resultOf("pass", { expectation: { ...expectation, status: "flaky" } }),
    ];
    inspect(renderJunit(reportOf(results)), (root) => {
      expect(attributes(root)).toMatchObject({ tests: "3", failures: "0", errors: "0" });
      expect(find(root, "//skipped")).toEqual([
        {
          message:
            "expected (fail, until 2027-01-31, https://example.org/7): first heartbeat after 412 ms",
        },
        { message: "not scored: first heartbeat after 412 ms" },
      ]);
    });
  });

  test("tells of the attempts that were set aside", () => {
    const setAside = [{ maxLagMs: 90, checks: [{ id: "ADP-001/adopts", seen: "none" }] }];
    const result = resultOf("pass", { attempts: 2, setAside });
    inspect(renderJunit(reportOf([result])), (root) => {
      expect((root.get("//system-out") as XmlElement).content).toBe(
        "2 attempts, because this machine was late\n" +
          "set aside, the suite was up to 90.0 ms late: ADP-001/adopts: none",
      );
    });
  });

  test("says in a failure what was broken, what was seen and how to see it again", () => {
    inspect(renderJunit(reportOf([resultOf("fail")])), (root) => {
      const text = (root.get("//failure") as XmlElement).content;
      expect(find(root, "//failure")).toEqual([
        { type: "fail", message: "first heartbeat after 412 ms" },
      ]);
      expect(text).toContain('MUST PW-ADP-2 "A side that receives a heartbeat with a value *T*');
      expect(text).toContain("expected: a heartbeat of 200 ms within 100 ms (+80)");
      expect(text).toContain("\n-> peer  ");
      expect(text).toContain("again: npx pulsewire-conformance run --case ADP-001");
    });
  });

  test("has one suite for each transport and role", () => {
    inspect(renderJunit(sampleReport()), (root) => {
      expect(
        find(root, "/testsuites/testsuite").map((suite) => [suite["name"], suite["tests"]]),
      ).toEqual([
        ["tcp, peer dials", "60"],
        ["tcp, peer listens", "60"],
        ["ws, peer dials", "60"],
        ["ws, peer listens", "60"],
        ["grpc, peer dials", "60"],
        ["grpc, peer listens", "60"],
      ]);
    });
  });

  test("is never green by default: nothing ran", () => {
    inspect(renderJunit(reportOf([], { exitCode: 3 })), (root) => {
      expect(attributes(root)["errors"]).toBe("1");
      expect(find(root, "//error")).toEqual([{ type: "run", message: "no case ran" }]);
    });
  });

  test("is never green by default: the testee never started", () => {
    const { testee: _, ...report } = reportOf([], { exitCode: 4, problem: "spawn ENOENT" });
    inspect(renderJunit(report), (root) => {
      expect(find(root, "//error")).toEqual([{ type: "run", message: "spawn ENOENT" }]);
    });
  });

  test("tells of a problem beside the results there are", () => {
    inspect(renderJunit(reportOf([resultOf("pass")], { problem: "gone" })), (root) => {
      expect(attributes(root)).toMatchObject({ tests: "2", errors: "1" });
    });
  });

  test("stays XML whatever a testee says", () => {
    const xml = renderJunit(hostileReport());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    expect(xml).not.toMatch(/\p{Surrogate}/u);
    inspect(xml, (root) => {
      expect(root.find("//script | //img")).toEqual([]);
      expect(find(root, "//failure")[0]?.["message"]).toContain(
        "</script><script>alert(1)</script>",
      );
    });
  });
});
