// Writes conformance/requirements/1.yaml: the cases and checks that the catalogue has now.
// Only before a release that may still change what conformance to protocol 1 means.
import { existsSync, writeFileSync } from "node:fs";
import { loadCases } from "../conformance/dist/cases/load.js";
import { checkNames, loadFrozenSet } from "../conformance/dist/scoring/requirements.js";

const TARGET = new URL("../conformance/requirements/1.yaml", import.meta.url);

const HEADER = `# What a claim of conformance to Pulsewire protocol 1 rests on: cases, each with its checks.
#
# The set is frozen. A case or check that is added to the catalogue later runs and is shown, but is
# not scored ("added after the set was frozen") unless the run is made with --requirements latest.
# So no claim that was true turns red because the suite has learned something new.
#
# Nobody edits this file. "npm run freeze" writes it, and that is done only before a release that
# says what protocol 1 means; after it, nothing is added here and nothing is taken away. A test
# demands that the catalogue has all that stands here.
#
# fence and fence-2 are the probes between steps; farewell: the testee let go when the case was over;
# steps: the case came to its end; wire: every frame of the testee was well formed and lawful.
requirements: 1
cases:
`;

const cases = loadCases().map((spec) => ({ id: spec.id, checks: checkNames(spec) }));
const before = existsSync(TARGET) ? [...loadFrozenSet()] : [];
const lines = cases.map(({ id, checks }) => `  ${id}: [${checks.join(", ")}]\n`);
writeFileSync(TARGET, HEADER + lines.join(""));

const now = new Set(cases.flatMap(({ id, checks }) => checks.map((check) => `${id}/${check}`)));
const old = new Set(before.flatMap(([id, checks]) => [...checks].map((check) => `${id}/${check}`)));
const added = [...now].filter((name) => !old.has(name));
const gone = [...old].filter((name) => !now.has(name));
console.log(
  `${cases.length} cases with ${now.size} checks: ${added.length} are new, ${gone.length} are gone`,
);
for (const name of gone) console.log(`  gone: ${name}`);
