/** `serve`: one case, with a peer that the user starts. */
import type { Command } from "commander";
import { loadCases } from "../cases/load.ts";
import type { CaseSpec } from "../cases/model.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { Role, Trace, TransportName } from "../model.ts";
import { textTimeline } from "../report/text/timeline.ts";
import { styleOf } from "../report/verdicts.ts";
import { fits } from "../runner/plan.ts";
import { mergeVerdicts } from "../runner/verdicts.ts";
import { Person } from "../serve/person.ts";
import { type Served, serve } from "../serve/serve.ts";
import { configLines } from "../serve/words.ts";
import { ContractError } from "../testee/validate.ts";
import { readRole, readTransport, readUnit } from "./options.ts";
import { type Terminal, UsageError } from "./run.ts";
import { type OutsideOptions, readEndpoint, readTls } from "./run-outside.ts";

/** Slow enough to follow, and for a peer with a floor of one second. */
const DEFAULT_UNIT_MS = 1_000;
const DEFAULT_COLUMNS = 80;
const EXIT_UNREACHABLE = 4;

interface ServeOptions
  extends Pick<OutsideOptions, "dial" | "listen" | "ca" | "insecure" | "cert" | "key"> {
  readonly case: string;
  readonly transport?: readonly TransportName[];
  readonly role?: readonly Role[];
  readonly unit: number;
  readonly pause?: boolean;
  readonly configOnly?: boolean;
}

export function addServeCommand(program: Command, terminal: Terminal): void {
  program
    .command("serve")
    .description("play one case to a peer that you start yourself, under a debugger for instance")
    .requiredOption("--case <id>", "the case")
    .option(
      "--transport <name>",
      "tcp, ws or grpc; follows from the URL if there is one",
      readTransport,
    )
    .option(
      "--role <name>",
      "dial or listen: what the peer does; follows from --dial or --listen",
      readRole,
    )
    .option("--listen <url>", "where the peer dials; a free port of 127.0.0.1 if absent")
    .option("--dial <url>", "where the peer listens")
    .option("--ca <file>", "with --dial: certificates to trust, PEM")
    .option("--insecure", "with --dial: do not check the peer's certificate")
    .option("--cert <file>", "with --listen: the certificate to show, PEM")
    .option("--key <file>", "with --listen: its key, PEM")
    .option("--unit <ms>", "the time unit that the case scales with", readUnit, DEFAULT_UNIT_MS)
    .option("--pause", "wait for Enter before each step, and for the peer as long as it takes")
    .option("--config-only", "say how the peer must be configured, and no more")
    .action(async (options: ServeOptions) => {
      process.exitCode = await serveCase(options, terminal);
    });
}

async function serveCase(options: ServeOptions, terminal: Terminal): Promise<number> {
  const spec = findCase(options.case);
  const say = (line: string): void => void terminal.out.write(`${line}\n`);
  if (options.configOnly === true) {
    say([`${spec.id}  ${spec.title}`, ...configLines(spec, options.unit)].join("\n"));
    return 0;
  }
  const { endpoint, role } = place(options, spec);
  const tls = readTls(options, endpoint, role);
  const unreachable = (): number => {
    terminal.err.write(`error: nobody listens at ${options.dial}: start the peer first\n`);
    return EXIT_UNREACHABLE;
  };
  const person = new Person(process.stdin);
  try {
    const { unit: unitMs, pause: pauses = false } = options;
    const served = await serve({ spec, endpoint, role, tls, unitMs, pauses, person, say });
    if (isUnreachable(served.trace)) return unreachable();
    say(verdictText(served, pauses, terminal.out.columns ?? DEFAULT_COLUMNS));
    return exitCodeFor(served);
  } catch (error) {
    if (error instanceof ContractError && options.dial !== undefined) return unreachable();
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== "listen") throw error;
    throw new UsageError(`cannot listen on ${options.listen}: ${code}`);
  } finally {
    person.dispose();
  }
}

function findCase(id: string): CaseSpec {
  const [spec, ...more] = loadCases().filter((candidate) => fits(candidate, id));
  if (spec === undefined) throw new UsageError(`no case "${id}": see what there is with "list"`);
  if (more.length > 0)
    throw new UsageError(`"${id}" is more than one case: serve plays one, such as ${spec.id}`);
  if (spec.steps.some((step) => step.verb === "connect" && step.args.refused_config !== undefined))
    throw new UsageError(
      `${spec.id} asks whether a configuration is refused: start the peer with it and see, for there is nothing to serve`,
    );
  return spec;
}

/** Where the case is played, and what the peer does there. */
function place(options: ServeOptions, spec: CaseSpec): { endpoint: Endpoint; role: Role } {
  const { dial, listen, transport: transports = [], role: roles = [] } = options;
  if (dial !== undefined && listen !== undefined)
    throw new UsageError("give only one of --dial <url> and --listen <url>");
  if (transports.length > 1 || roles.length > 1)
    throw new UsageError("serve plays on one transport, in one role");
  const byUrl: Role | undefined =
    dial === undefined ? (listen === undefined ? undefined : "dial") : "listen";
  const role = byUrl ?? roles[0] ?? "dial";
  if (roles[0] !== undefined && roles[0] !== role)
    throw new UsageError(
      `with ${dial === undefined ? "--listen" : "--dial"} the peer ${role}s: leave out --role`,
    );
  if (role === "listen" && dial === undefined)
    throw new UsageError("where does the peer listen? give --dial <url>");
  const url = dial ?? listen ?? `${transports[0] ?? spec.transports[0] ?? "tcp"}://127.0.0.1:0`;
  const endpoint = readEndpoint(url);
  const { transport } = endpoint;
  if (transports[0] !== undefined && transports[0] !== transport)
    throw new UsageError(`${url} is ${transport}, and not ${transports[0]}: leave out --transport`);
  if (!spec.transports.includes(transport))
    throw new UsageError(
      `${spec.id} is for ${spec.transports.join(", ")}, and not for ${transport}`,
    );
  if (!spec.roles.includes(role))
    throw new UsageError(
      `${spec.id} is for a peer that ${spec.roles[0] === "listen" ? "listens: give --dial <url>" : "dials: give --listen <url>"}`,
    );
  return { endpoint, role };
}

function isUnreachable({ events }: Trace): boolean {
  return events.some((event) => event.kind === "end" && event.detail === "ECONNREFUSED");
}

function verdictText({ trace, checks }: Served, pauses: boolean, columns: number): string {
  const verdict = mergeVerdicts(checks);
  const bad = checks.find((check) => check.verdict === "fail" || check.verdict === "warn");
  const lines = checks.flatMap((check) => [
    `${styleOf(check.verdict).symbol} ${check.id}  ${check.level}, ${check.clauses.join(", ")}`,
    `    expected  ${check.expected}`,
    `    seen      ${check.seen}`,
  ]);
  return [
    "",
    ...lines,
    "",
    ...textTimeline(trace, columns, bad?.windows ?? []),
    "",
    `${styleOf(verdict).symbol} ${verdict.toUpperCase()}`,
    ...(pauses || trace.events.some((event) => event.kind === "step" && event.step === "testee")
      ? ["Time that somebody took counts like any other: what is judged by time may be wrong here."]
      : []),
  ].join("\n");
}

function exitCodeFor({ checks }: Served): number {
  switch (mergeVerdicts(checks)) {
    case "fail":
      return 1;
    case "inconclusive":
      return 2;
    case "pass":
    case "warn":
      return 0;
    default:
      return 3;
  }
}
