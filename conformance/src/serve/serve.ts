/** Plays the harness's half of one case to a peer that someone has started, under a debugger for instance. */
import type { CaseSpec } from "../cases/model.ts";
import { DialWire } from "../endpoint/dial-wire.ts";
import { type Endpoint, formatEndpoint, type TlsFiles } from "../endpoint/endpoint.ts";
import { ListenWire } from "../endpoint/listen-wire.ts";
import { UncontrolledSource } from "../endpoint/uncontrolled.ts";
import { judge } from "../judge/judge.ts";
import type { CheckResult, Role, Trace } from "../model.ts";
import { Execution } from "../runner/execution.ts";
import { performStep, sayFarewell } from "../runner/steps.ts";
import { TesteeClient } from "../testee/client.ts";
import { systemMachine } from "../time/machine.ts";
import { StallMonitor } from "../trace/stall-monitor.ts";
import type { Person } from "./person.ts";
import { configLines, eventInWords, stepInWords } from "./words.ts";

/** The longest that a timer can be told: nobody is hurried. */
const NO_HURRY_MS = 2 ** 31 - 2_000;

export interface Serving {
  readonly spec: CaseSpec;
  readonly endpoint: Endpoint;
  /** What the peer does. */
  readonly role: Role;
  readonly tls: TlsFiles;
  readonly unitMs: number;
  /** Wait for Enter before each step. */
  readonly pauses: boolean;
  readonly person: Person;
  readonly say: (line: string) => void;
}

export interface Served {
  readonly trace: Trace;
  readonly checks: readonly CheckResult[];
}

/** Carries the case out, telling what it does and what arrives; rejects if the port cannot be had. */
export async function serve(serving: Serving): Promise<Served> {
  const { role, endpoint, tls } = serving;
  if (role === "listen")
    return play(serving, endpoint, new DialWire(endpoint, tls, systemMachine.time, NO_HURRY_MS));
  const wire = new ListenWire({
    endpoint,
    tls,
    time: systemMachine.time,
    patienceMs: NO_HURRY_MS,
    onImpatient: () => undefined,
  });
  await wire.open();
  try {
    return await play(serving, wire.endpoint, wire);
  } finally {
    await wire.close();
  }
}

async function play(
  serving: Serving,
  endpoint: Endpoint,
  wire: DialWire | ListenWire,
): Promise<Served> {
  const { spec, role, unitMs, pauses, person, say } = serving;
  const { transport } = endpoint;
  say(introduce(serving, endpoint));
  const testee = new TesteeClient(
    new UncontrolledSource(endpoint, role).start(),
    "serve",
    systemMachine.time,
  );
  const run = new Execution({
    spec,
    transport,
    role,
    unitMs,
    testee,
    monitor: new StallMonitor(),
    machine: systemMachine,
    wire,
    isPatient: pauses,
    name: "serve",
    claimed: [transport],
  });
  run.recorder.observer = (event) => {
    const line = eventInWords(event);
    if (line !== undefined) say(line);
  };
  if (pauses) {
    say("Enter begins.");
    await person.enter();
  }
  // While it waits for something that does not come, Enter gives that up.
  if (pauses) person.onUnasked = () => run.skip();
  let number = 0;
  try {
    const trace = await run.run(async (_, step) => {
      number += 1;
      const isYours = step.verb === "testee";
      const goesOn = pauses || isYours ? "   [Enter]" : "";
      say(`${String(number).padStart(3)}. ${stepInWords(step, unitMs, role)}${goesOn}`);
      if (isYours) {
        // From here on what it does may be seen.
        run.mark(step.conn, step.verb, step.as);
        run.cursor = run.recorder.events.length;
      }
      if (pauses || isYours) await person.enter();
      if (!isYours) await performStep(run, step);
    }, sayFarewell);
    return { trace, checks: judge(spec, trace) };
  } finally {
    run.dispose();
    await testee.bye();
  }
}

function introduce({ spec, role, unitMs }: Serving, endpoint: Endpoint): string {
  const where = formatEndpoint(endpoint);
  return [
    `${spec.id}  ${spec.title}`,
    "",
    `The peer ${role === "listen" ? `listens at ${where}` : `dials ${where}`}, configured with`,
    ...configLines(spec, unitMs),
    "",
  ].join("\n");
}
