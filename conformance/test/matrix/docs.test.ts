/** What docs/conformance.md says of the matrix is what there is. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addMatrixCommand } from "../../src/cli/matrix.ts";
import { PAIR_CHECKS } from "../../src/matrix/judge/judge-pair.ts";
import { CONFIGURATIONS } from "../../src/matrix/model.ts";
import { parsePeers } from "../../src/matrix/peers-file.ts";
import { allFaults } from "../../src/matrix/plan.ts";

const page = readFileSync(new URL("../../../docs/conformance.md", import.meta.url), "utf8");
const [, section = ""] = /^## A mixed estate: matrix\n(.*?)^## /ms.exec(page) ?? [];

/** What the tables name in their first column. */
function named(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) =>
      [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(
        ([, name = ""]) => name.split(" ")[0] ?? "",
      ),
    );
}

/** A part of the section, by its heading. */
function part(heading: string): string {
  return section.split(/^### /m).find((each) => each.startsWith(heading)) ?? "";
}

describe("the section on the matrix", () => {
  test("names every option, and none that there is not", () => {
    const program = new Command();
    addMatrixCommand(program, { out: process.stdout, err: process.stderr });
    const options = program.commands[0]?.options.map(({ long }) => long);
    expect(named(part("peers.yaml")).sort()).toEqual(options?.sort());
  });

  test("names every configuration and every fault", () => {
    const told = named(part("What is run"));
    // The other side of a disturbance is left to the reader.
    const isTold = (fault: string): boolean => !/^(stop|collect).*-listener$/.test(fault);
    expect(told).toEqual([...CONFIGURATIONS, ...allFaults().filter(isTold)]);
  });

  test("names every check that decides something", () => {
    const ids = PAIR_CHECKS.filter(({ level }) => level !== "info").map(({ id }) => id);
    expect(named(part("What is judged")).sort()).toEqual(ids.sort());
  });

  test("shows a file of peers that is one", () => {
    const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(section) ?? [];
    expect(parsePeers(yaml, "docs").map(({ name }) => name)).toEqual(["go", "sdk"]);
  });
});
