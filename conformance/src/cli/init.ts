/** `init`: the skeleton of a testee, to be filled in. */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import { LANGUAGES, type Language } from "./languages.ts";
import { type Terminal, UsageError } from "./run.ts";

const TEMPLATES = fileURLToPath(new URL("../../templates", import.meta.url));
const DEFAULT_DIR = "testee";

interface InitOptions {
  readonly lang?: Language;
  readonly dir: string;
  readonly list?: boolean;
}

/** A file of a skeleton: where it comes from, and its path in the new directory. */
interface TemplateFile {
  readonly from: string;
  readonly to: string;
}

export function addInitCommand(program: Command, terminal: Terminal): void {
  const names = LANGUAGES.map(({ name }) => name).join(", ");
  program
    .command("init")
    .description("write the skeleton of a testee, which keeps the control contract already")
    .option("--lang <name>", names, readLanguage)
    .option("--dir <path>", "where to write it; what exists is never overwritten", DEFAULT_DIR)
    .option("--list", "list the languages")
    .action(({ lang, dir, list }: InitOptions) => {
      if (list === true) terminal.out.write(`${LANGUAGES.map(describe).join("\n")}\n`);
      else if (lang === undefined) throw new UsageError(`choose a language with --lang: ${names}`);
      else terminal.out.write(`${write(lang, dir)}\n`);
    });
}

function readLanguage(value: string): Language {
  const found = LANGUAGES.find(({ name }) => name === value.toLowerCase());
  if (found === undefined)
    throw new InvalidArgumentError(`choose from ${LANGUAGES.map(({ name }) => name).join(", ")}.`);
  return found;
}

function describe({ name, needs, testee }: Language): string {
  return `${name.padEnd(12)}${needs.padEnd(20)}${testee}`;
}

/** Writes a skeleton where nothing of it exists yet; returns what to do next. */
function write(language: Language, dir: string): string {
  const files = [
    ...templateFiles(join(TEMPLATES, language.name), ""),
    ...templateFiles(join(TEMPLATES, "proto"), "proto"),
  ];
  const taken = files.filter(({ to }) => existsSync(join(dir, to)));
  if (taken.length > 0)
    throw new UsageError(
      `nothing was written: ${taken.map(({ to }) => join(dir, to)).join(", ")} ${taken.length === 1 ? "exists" : "exist"} already; choose another place with --dir`,
    );
  try {
    for (const { from, to } of files) {
      mkdirSync(dirname(join(dir, to)), { recursive: true });
      copyFileSync(from, join(dir, to), constants.COPYFILE_EXCL);
    }
  } catch (error) {
    throw new UsageError(`cannot write to ${dir}: ${(error as Error).message}`);
  }
  const { build, testee, needs } = language;
  return [
    ...files.map(({ to }) => `wrote ${join(dir, to)}`),
    "",
    `Next (needs ${needs}; README.md says more):`,
    "",
    `  cd ${dir}`,
    ...(build === undefined ? [] : [`  ${build}`]),
    `  npx pulsewire-conformance check-shim --testee "${testee}"`,
  ].join("\n");
}

function templateFiles(root: string, under: string): TemplateFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((from) => ({ from, to: join(under, relative(root, from)) }));
}
