/**
 * Checks the control contract alone: whether a testee can be driven at all,
 * before anything is said of the protocol.
 */
import type { TesteeInfo } from "../model.ts";
import { CONTRACT_VERSION, type HelloReply } from "../testee/contract.ts";
import { type Answer, ShimClient } from "./client.ts";
import { checkCommands, checkHonesty } from "./commands.ts";
import { ContractSchema } from "./contract-schema.ts";
import { checkDialling } from "./dialling.ts";
import { checkForwarding } from "./forwarding.ts";
import { openListeners, watchItLeave } from "./leaving.ts";
import { checkListening } from "./listening.ts";
import { Checklist, type Problem, type ShimReport } from "./model.ts";

const SAYS_HELLO = "says hello, with all that hello must say";
const LEAVING = "leaving";
const OUTPUT = "standard output";
const LINES = "holds nothing but lines of the contract";

/**
 * Starts a testee twice, and tries everything that the contract says of it. When the signal is
 * aborted, both are killed.
 */
export async function checkShim(
  command: string,
  suiteVersion: string,
  signal?: AbortSignal,
): Promise<ShimReport> {
  const started = performance.now();
  const schema = new ContractSchema();
  const list = new Checklist();
  const startOne = (): ShimClient => new ShimClient(command, schema, signal);
  const client = startOne();
  let info: TesteeInfo | undefined;
  try {
    const hello = readHello(await sayHello(client, suiteVersion), schema);
    list.add("hello", SAYS_HELLO, hello.problems);
    info = hello.info;
    if (info !== undefined) await checkAll(client, startOne, schema, info, suiteVersion, list);
    else if (client.lineProblems.length > 0) list.add(OUTPUT, LINES, client.lineProblems);
  } finally {
    await client.process.dispose();
  }
  return {
    ...(info === undefined ? {} : { testee: info }),
    checks: list.checks,
    stderr: client.process.stderr,
    durationMs: Math.round(performance.now() - started),
  };
}

async function checkAll(
  client: ShimClient,
  startOne: () => ShimClient,
  schema: ContractSchema,
  info: TesteeInfo,
  suiteVersion: string,
  list: Checklist,
): Promise<void> {
  // The second process is for its end alone; meanwhile the first is asked everything else.
  const endOfInput = leaveAtEndOfInput(startOne(), schema, info, suiteVersion);
  await checkHonesty(client, info, list);
  await checkCommands(client, info, list);
  for (const transport of info.transports) {
    if (info.roles.includes("listen")) await checkListening(client, schema, transport, list);
    if (info.roles.includes("listen") && info.features.includes("gateway"))
      await checkForwarding(client, schema, transport, list);
    if (info.roles.includes("dial")) await checkDialling(client, transport, list);
  }
  const listeners = await openListeners(client, schema, info);
  list.add(LEAVING, "exits on bye", await watchItLeave(client, "bye", listeners));
  const { leaving, lines } = await endOfInput;
  list.add(LEAVING, "exits at the end of its input", leaving);
  list.add(OUTPUT, LINES, [...client.lineProblems, ...lines]);
}

async function leaveAtEndOfInput(
  client: ShimClient,
  schema: ContractSchema,
  info: TesteeInfo,
  suiteVersion: string,
): Promise<{ readonly leaving: Problem[]; readonly lines: Problem[] }> {
  try {
    await sayHello(client, suiteVersion);
    const listeners = await openListeners(client, schema, info);
    const leaving = await watchItLeave(client, "end of input", listeners);
    return { leaving, lines: client.lineProblems };
  } finally {
    await client.process.dispose();
  }
}

function sayHello(client: ShimClient, suite: string): Promise<Answer> {
  return client.ask({ cmd: "hello", contract: CONTRACT_VERSION, suite });
}

function readHello(
  { sent, reply, came }: Answer,
  schema: ContractSchema,
): { readonly info?: TesteeInfo; readonly problems: Problem[] } {
  if (reply === undefined || "err" in reply)
    return { problems: [{ sent, came, expected: '{"ok": {"contract": 1, "name": ...}}' }] };
  const problem = schema.problemOf("hello", reply.ok);
  if (problem !== undefined) return { problems: [{ sent, came, expected: problem }] };
  const { contract: _, ...info } = reply.ok as unknown as HelloReply;
  return { info, problems: [] };
}
