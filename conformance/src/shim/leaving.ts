/** Whether a testee leaves when it has to, and leaves nothing behind. */
import type { TesteeInfo, TransportName } from "../model.ts";
import type { Address } from "../peers/peer.ts";
import type { ShimClient } from "./client.ts";
import type { ContractSchema } from "./contract-schema.ts";
import { addressIn } from "./listening.ts";
import type { Problem } from "./model.ts";
import { isFreed } from "./peers.ts";

/** How long a testee may take to leave, in milliseconds. */
const LEAVE_LIMIT_MS = 2_000;

/** Opens a listener on each transport, so that there is something to let go of. */
export async function openListeners(
  client: ShimClient,
  schema: ContractSchema,
  info: TesteeInfo,
): Promise<readonly Address[]> {
  if (!info.roles.includes("listen")) return [];
  const answers = await Promise.all(
    info.transports.map((transport: TransportName) =>
      client.ask({
        cmd: "open",
        conn: `leave-${transport}`,
        role: "listen",
        transport,
        config: {},
      }),
    ),
  );
  return answers.flatMap((answer) => {
    const address = addressIn(answer, schema);
    return Array.isArray(address) ? [] : [address];
  });
}

/** Tells it to leave, in one of the two ways, and watches it go. */
export async function watchItLeave(
  client: ShimClient,
  how: "bye" | "end of input",
  listeners: readonly Address[],
): Promise<Problem[]> {
  const { process } = client;
  const sent = how === "bye" ? '{"id": 0, "cmd": "bye"}' : "the end of standard input";
  if (process.exit !== undefined)
    return [{ came: process.exit, expected: "to live until it is told to leave" }];
  if (how === "bye") client.sayBye();
  else process.endInput();
  const seconds = LEAVE_LIMIT_MS / 1_000;
  const problems: Problem[] = [];
  if (!(await process.exits(LEAVE_LIMIT_MS)))
    return [{ sent, came: `it still ran ${seconds} s later`, expected: "it to exit" }];
  if (!(await process.leavesNothing(LEAVE_LIMIT_MS)))
    problems.push({
      sent,
      came: `it exited, and a process that it started still ran ${seconds} s later`,
      expected: "nothing left running",
    });
  for (const address of listeners)
    if (!(await isFreed(address, LEAVE_LIMIT_MS)))
      problems.push({
        sent,
        came: `port ${address.port} still accepts`,
        expected: "nothing left listening",
      });
  if (process.unfinishedLine.trim() !== "")
    problems.push({
      came: process.unfinishedLine,
      expected: "every line to end with a line feed",
    });
  return problems;
}
