/** The lists of what broken peers fail beside what cases intend: conformance/kills.yaml. */
import { readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";

const LISTS_URL = new URL("../../kills.yaml", import.meta.url);

/** Case to its checks, each with the places if it fails in some of them only: "fence @ws". */
export type AlsoList = Readonly<Record<string, readonly string[]>>;
/** Mutant to its list. */
export type AlsoLists = Readonly<Record<string, AlsoList>>;

const HEAD = `# What each broken peer fails beside the checks that name it in their \`kills\`: consequences.
# Written by \`pulsewire-conformance mutants --update\` and reviewed as a diff; see docs/conformance.md.
# "fence @ws" fails over WebSocket only; "*" stands for every case in which the good peer passes.
`;

export function readLists(): AlsoLists {
  return (parse(readFileSync(LISTS_URL, "utf8")) ?? {}) as AlsoLists;
}

/** Replaces the lists; mutants stand in the order in which they are given. */
export function writeLists(lists: AlsoLists): void {
  const filled = Object.entries(lists).filter(([, list]) => Object.keys(list).length > 0);
  const text = filled.map(([mutant, list]) => {
    const lines = Object.entries(list).map(([caseId, checks]) => {
      const key = caseId === "*" ? '"*"' : caseId;
      return `  ${key}: [${checks.map(quoted).join(", ")}]`;
    });
    return `\n${mutant}:\n${lines.join("\n")}\n`;
  });
  writeFileSync(LISTS_URL, HEAD + text.join(""));
}

function quoted(check: string): string {
  return check.includes("@") ? JSON.stringify(check) : stringify(check).trim();
}
