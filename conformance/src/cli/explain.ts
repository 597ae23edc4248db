/** Cases in words: what `list` and `explain` print. */
import type { CaseSpec, Step } from "../cases/model.ts";
import type { Mutant } from "../reference/mutants.ts";
import { isMutant, MUTANTS } from "../reference/mutants.ts";

/** One line a case. */
export function describeCaseLine(spec: CaseSpec): string {
  const level = spec.level.padEnd(6);
  return `${spec.id}  ${level}  ${spec.transports.join("+").padEnd(11)}  ${spec.roles.join("+").padEnd(11)}  ${spec.title}`;
}

/** All there is to say of a case. */
export function explainCase(spec: CaseSpec): string {
  const lines = [`${spec.id}  ${spec.title}`, ""];
  if (spec.why !== undefined) lines.push(...wrap(spec.why), "");
  lines.push(
    `level       ${spec.level}`,
    `transports  ${spec.transports.join(", ")}`,
    `roles       ${spec.roles.join(", ")}`,
  );
  if (spec.features.length > 0) lines.push(`needs       ${spec.features.join(", ")}`);
  lines.push("", "Sentences");
  for (const [id, quote] of Object.entries(spec.clauses)) lines.push(`  [${id}] ${quote}`);
  lines.push("", "Testee", `  ${compact(spec.testee)}`, "", "Steps");
  for (const [index, step] of spec.steps.entries())
    lines.push(`  ${String(index + 1).padStart(2)}  ${describeStep(step)}`);
  lines.push("", "Checks");
  for (const check of spec.checks) {
    lines.push(`  ${spec.id}/${check.id}  (${check.level}; ${check.clauses.join(", ")})`);
    lines.push(`      ${check.kind} ${compact(check.args)}${onConnection(check.conn)}`);
    for (const id of check.kills.filter(isMutant) as Mutant[])
      lines.push(`      fails a peer that ${MUTANTS[id]}  [${id}]`);
  }
  lines.push(
    "",
    "Every fence is a check of its own, and so is that each frame of the testee is lawful.",
  );
  return lines.join("\n");
}

function describeStep(step: Step): string {
  const label = step.as === undefined ? "" : `   as "${step.as}"`;
  const args = compact(step.args);
  return `${step.verb}${args === "{}" ? "" : ` ${args}`}${onConnection(step.conn)}${label}`;
}

function onConnection(conn: number): string {
  return conn === 0 ? "" : `  on connection ${conn}`;
}

/** JSON as a person would write it. */
function compact(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(compact).join(", ")}]`;
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{ ${entries.map(([key, entry]) => `${key}: ${compact(entry)}`).join(", ")} }`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (`${line} ${word}`.length > 96) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
