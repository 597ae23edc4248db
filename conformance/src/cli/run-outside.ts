/** `run --dial` and `run --listen`: judges a peer that runs already, from the wire alone. */
import { readFileSync } from "node:fs";
import { loadCases } from "../cases/load.ts";
import type { CaseSpec } from "../cases/model.ts";
import { DialWire } from "../endpoint/dial-wire.ts";
import { discover } from "../endpoint/discover.ts";
import {
  type Endpoint,
  EndpointError,
  formatEndpoint,
  parseEndpoint,
  type TlsFiles,
} from "../endpoint/endpoint.ts";
import { baseUnitMs, fitCase } from "../endpoint/fit.ts";
import { ListenWire } from "../endpoint/listen-wire.ts";
import { describeProfile, type PeerClaims, type PeerProfile } from "../endpoint/profile.ts";
import { UncontrolledSource } from "../endpoint/uncontrolled.ts";
import type { Role } from "../model.ts";
import type { Wire } from "../peers/wire.ts";
import { Interrupt, orAborted } from "../runner/interrupt.ts";
import { type Fit, planJobs, type Selection } from "../runner/plan.ts";
import type { Job } from "../runner/run-case.ts";
import { quote } from "../shell.ts";
import { ContractError } from "../testee/validate.ts";
import { systemTime } from "../time/system.ts";
import {
  type RunTarget,
  requireCases,
  run,
  type SharedOptions,
  type Terminal,
  UsageError,
} from "./run.ts";

const DEFAULT_PATIENCE_S = 30;

export interface OutsideOptions {
  readonly dial?: string;
  readonly listen?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly cert?: string;
  readonly key?: string;
  /** Seconds. */
  readonly patience?: number;
  readonly peerHeartbeatTime?: number | "none";
  readonly peerFloor?: number;
  readonly peerSlack?: number;
  readonly peerReply?: "echo" | "length" | "none";
}

/** Runs the suite against a peer that nobody starts here; returns the exit code. */
export async function runOutside(
  options: OutsideOptions & SharedOptions,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<number> {
  const { dial, listen } = options;
  if (options.transport !== undefined || options.role !== undefined)
    throw new UsageError(
      "--transport and --role follow from the URL of --dial or --listen: leave them out",
    );
  const catalogue = loadCases();
  requireCases(catalogue, options.case);
  const endpoint = readEndpoint(dial ?? listen ?? "");
  const role: Role = dial === undefined ? "dial" : "listen";
  const tls = readTls(options, endpoint, role);
  const say = (line: string): void => {
    (options.json === true ? terminal.err : terminal.out).write(`${line}\n`);
  };
  const errand: Errand = { options, catalogue, say, terminal, signal };
  return role === "listen"
    ? judge(errand, { endpoint, role, wire: new DialWire(endpoint, tls, systemTime) })
    : awaitPeer(errand, endpoint, tls);
}

/** What is to be done, and whom to tell. */
interface Errand {
  readonly options: OutsideOptions & SharedOptions;
  readonly catalogue: readonly CaseSpec[];
  readonly say: (line: string) => void;
  readonly terminal: Terminal;
  /** Aborted when the user has had enough. */
  readonly signal: AbortSignal | undefined;
}

/** Where the peer is, and how to come by it. */
interface Whereabouts {
  readonly endpoint: Endpoint;
  readonly role: Role;
  readonly wire: Wire;
  /** Rejects when the peer is waited for no longer. */
  readonly lost?: Promise<never>;
}

async function awaitPeer(errand: Errand, endpoint: Endpoint, tls: TlsFiles): Promise<number> {
  const { options, say } = errand;
  const patience = options.patience ?? DEFAULT_PATIENCE_S;
  let impatient: (error: ContractError) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    impatient = reject;
  });
  // Whoever comes later hears of it too.
  lost.catch(() => undefined);
  const wire = new ListenWire({
    endpoint,
    tls,
    time: systemTime,
    patienceMs: patience * 1_000,
    onImpatient: () => {
      const where = formatEndpoint(wire.endpoint);
      impatient(
        new ContractError(
          `no peer dialled ${where} within ${patience} s: start one that dials it, and again each time its connection has ended; or raise --patience`,
        ),
      );
    },
  });
  try {
    await wire.open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot listen on ${formatEndpoint(endpoint)}: ${code ?? message}`);
  }
  try {
    say(`waiting at ${formatEndpoint(wire.endpoint)} for a peer that dials`);
    const oneByOne = { ...errand, options: { concurrency: 1, ...options } };
    return await judge(oneByOne, { endpoint: wire.endpoint, role: "dial", wire, lost });
  } finally {
    await wire.close();
  }
}

/** Looks at the peer, says what it found, and runs what suits it. */
async function judge(errand: Errand, whereabouts: Whereabouts): Promise<number> {
  const { options, catalogue, say, terminal, signal } = errand;
  const { endpoint, role, wire, lost } = whereabouts;
  const source = new UncontrolledSource(endpoint, role);
  lost?.catch((error: Error) => source.lose(error.message));
  const target: RunTarget = {
    source,
    wire,
    by: "wire",
    selection: { transports: [endpoint.transport], roles: [role] },
    notes: options.insecure === true ? ["its certificate was not checked (--insecure)"] : [],
  };
  const shared = { ...options, subcommand: subcommandOf(options) };
  let peer: PeerProfile;
  try {
    const found = discover(endpoint, role, claimsOf(options), wire, systemTime);
    const looked = Promise.race([found, ...(lost === undefined ? [] : [lost])]);
    peer = await orAborted(looked, signal);
  } catch (error) {
    if (!(error instanceof ContractError || error instanceof Interrupt)) throw error;
    // The report says so, as it does of a testee that does not start.
    source.lose(error.message);
    return run({ ...shared, target }, terminal, signal);
  }
  const fit = (job: Job): Fit => fitCase(job.spec, peer, options.unit);
  const unit = options.unit ?? baseUnitMs(peer);
  const what = describeProfile(peer);
  say(`${formatEndpoint(endpoint)} is ${what}`);
  for (const oddity of peer.oddities) say(`  ${oddity}`);
  const jobs = planJobs(catalogue, { ...target.selection, ...selectionOf(options) });
  const suits = explainFit(jobs, fit, say);
  say(
    `unit ${unit} ms${options.unit === undefined ? ", but for cases that suit it only at another" : ""}`,
  );
  const notes = [`found to be ${what}`, ...peer.oddities, ...(target.notes ?? []), suits];
  return run({ ...shared, target: { ...target, unitMs: unit, fit, notes } }, terminal, signal);
}

/** Says which cases do not suit, and what they need; returns how many do. */
function explainFit(
  jobs: readonly Job[],
  fit: (job: Job) => Fit,
  say: (line: string) => void,
): string {
  const unsuited = new Map<string, string[]>();
  for (const job of jobs) {
    const found = fit(job);
    if (!("why" in found)) continue;
    unsuited.set(found.why, [...(unsuited.get(found.why) ?? []), job.spec.id]);
  }
  const count = [...unsuited.values()].reduce((sum, ids) => sum + ids.length, 0);
  const suits = `${jobs.length - count} of ${jobs.length} cases suit it as it is`;
  say(count === 0 ? suits : `${suits}; the others:`);
  for (const [why, ids] of unsuited) say(`  ${ids.join(" ")}: ${why}`);
  return suits;
}

function selectionOf({ case: cases }: SharedOptions): Selection {
  return cases === undefined ? {} : { cases };
}

function claimsOf(options: OutsideOptions): PeerClaims {
  const { peerHeartbeatTime, peerFloor, peerSlack, peerReply } = options;
  return {
    ...(peerHeartbeatTime === undefined ? {} : { heartbeatTimeMs: peerHeartbeatTime }),
    ...(peerFloor === undefined ? {} : { floorMs: peerFloor }),
    ...(peerSlack === undefined ? {} : { slackMs: peerSlack }),
    ...(peerReply === undefined ? {} : { reply: peerReply }),
  };
}

/** What the user typed, for commands that repeat a part of it. */
function subcommandOf(options: OutsideOptions): string {
  const words = ["run"];
  const add = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined)
      words.push(`--${flag} ${typeof value === "number" ? value : quote(value)}`);
  };
  add("dial", options.dial);
  add("listen", options.listen);
  add("ca", options.ca);
  if (options.insecure === true) words.push("--insecure");
  add("cert", options.cert);
  add("key", options.key);
  add("patience", options.patience);
  const time = options.peerHeartbeatTime;
  if (time !== undefined) words.push(`--peer-heartbeat-time ${time}`);
  add("peer-floor", options.peerFloor);
  add("peer-slack", options.peerSlack);
  if (options.peerReply !== undefined) words.push(`--peer-reply ${options.peerReply}`);
  return words.join(" ");
}

/** The endpoint of a URL that the user gave. */
export function readEndpoint(url: string): Endpoint {
  try {
    return parseEndpoint(url);
  } catch (error) {
    if (error instanceof EndpointError) throw new UsageError(error.message);
    throw error;
  }
}

/** The files of TLS that the options name, if they fit what is to be done. */
export function readTls(
  options: Pick<OutsideOptions, "ca" | "insecure" | "cert" | "key" | "patience">,
  endpoint: Endpoint,
  role: Role,
): TlsFiles {
  const { ca, insecure, cert, key } = options;
  const where = formatEndpoint(endpoint);
  const isDialled = role === "listen";
  if (isDialled && options.patience !== undefined)
    throw new UsageError("--patience goes with --listen");
  if (isDialled && endpoint.port === 0)
    throw new UsageError(`nobody listens on port 0: give the port of the peer in ${where}`);
  if (!endpoint.secure && (ca ?? insecure ?? cert ?? key) !== undefined)
    throw new UsageError(
      `${where} is without TLS: use tls://, wss:// or grpcs://, or leave out the options of TLS`,
    );
  if (isDialled && (cert ?? key) !== undefined)
    throw new UsageError("--cert and --key go with --listen");
  if (!isDialled && (ca !== undefined || insecure !== undefined))
    throw new UsageError("--ca and --insecure go with --dial");
  if (!isDialled && endpoint.secure && (cert === undefined || key === undefined))
    throw new UsageError(`to listen at ${where} takes --cert <file> and --key <file>`);
  return {
    ...(ca === undefined ? {} : { ca: readFile("--ca", ca) }),
    ...(insecure === true ? { insecure } : {}),
    ...(cert === undefined ? {} : { cert: readFile("--cert", cert) }),
    ...(key === undefined ? {} : { key: readFile("--key", key) }),
  };
}

function readFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(
      `${option} ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
    );
  }
}
