/** Whether a testee listens as the contract has it. */
import type { TransportName } from "../model.ts";
import { dial } from "../peers/index.ts";
import type { Address } from "../peers/peer.ts";
import type { TesteeEvent } from "../testee/contract.ts";
import { systemMachine } from "../time/machine.ts";
import { type Answer, expectAnswer, isNotImplemented, type ShimClient } from "./client.ts";
import { checkInvalid } from "./commands.ts";
import type { ContractSchema } from "./contract-schema.ts";
import type { Checklist, Problem } from "./model.ts";
import { accepts, isFreed, QuietPeer, TOLERANT } from "./peers.ts";
import { eventually } from "./process.ts";

/** What happens on loopback and is not there by then does not happen, in milliseconds. */
export const SOON_MS = 3_000;

const FREES = "close frees the port and ends its connections";

/** The address in the answer to `open` with the role listen; what is wrong with it otherwise. */
export function addressIn(answer: Answer, schema: ContractSchema): Address | Problem[] {
  const { sent, reply, came } = answer;
  const expected = '{"ok": {"address": {"host": "127.0.0.1", "port": ...}}}';
  if (reply === undefined || "err" in reply) return [{ sent, came, expected }];
  const problem = schema.problemOf("listening", reply.ok);
  if (problem !== undefined) return [{ sent, came, expected: `${expected}: ${problem}` }];
  const { address } = reply.ok as { readonly address: Address };
  return address.host === "127.0.0.1" ? address : [{ sent, came, expected }];
}

export async function checkListening(
  client: ShimClient,
  schema: ContractSchema,
  transport: TransportName,
  list: Checklist,
): Promise<void> {
  const group = `${transport}, listen`;
  const name = (which: string): string => `check-${transport}-${which}`;
  const open = { cmd: "open", role: "listen", transport, config: {} };

  // A listener of its own: over TCP it announces the connection that only tries whether it accepts.
  const LISTENS = "listens on a free port of 127.0.0.1";
  const tried = await client.ask({ ...open, conn: name("try") });
  if (isNotImplemented(tried)) {
    list.add(group, LISTENS, "later");
    return;
  }
  const there = addressIn(tried, schema);
  if (Array.isArray(there)) {
    list.add(group, LISTENS, there);
    return;
  }
  const nobody = { sent: tried.sent, came: tried.came, expected: "somebody who accepts there" };
  list.add(group, LISTENS, (await accepts(there)) ? [] : [nobody]);
  await client.ask({ cmd: "close", conn: name("try") });

  const conn = name("one");
  const first = await client.ask({ ...open, conn });
  const second = await client.ask({ ...open, conn: name("two"), key_of_a_later_version: true });
  const address = addressIn(first, schema);
  const other = addressIn(second, schema);
  const TWICE = "listens twice at once, also if the command has a key that it does not know";
  if (Array.isArray(address) || Array.isArray(other)) {
    list.add(group, TWICE, [address, other].filter(Array.isArray).flat());
    return;
  }
  const same = { sent: second.sent, came: second.came, expected: `not port ${address.port} again` };
  list.add(group, TWICE, other.port === address.port ? [same] : []);
  await client.ask({ cmd: "close", conn: name("two") });

  await checkAccepted(client, group, transport, conn, address, list);
  await checkInvalid(client, group, { ...open, ...{ conn: name("invalid") } }, list);
}

/** Connections to a listener: their names, their end, and that of the listener. */
async function checkAccepted(
  client: ShimClient,
  group: string,
  transport: TransportName,
  listener: string,
  address: Address,
  list: Checklist,
): Promise<void> {
  const isOurs = (event: TesteeEvent): event is Extract<TesteeEvent, { event: "open" }> =>
    event.event === "open" && event.listener === listener;
  const peers = [0, 1].map(() => new QuietPeer(dial(systemMachine, transport, address, TOLERANT)));
  await eventually(() => client.events.filter(isOurs).length >= peers.length, SOON_MS);
  const names = client.events.filter(isOurs).map((event) => event.conn);
  const announced: Problem[] = [];
  if (names.length < peers.length)
    announced.push({
      came: `${names.length} such events for ${peers.length} connections`,
      expected: `{"event": "open", "conn": a new name, "listener": "${listener}"} for each`,
    });
  if (new Set(names).size < names.length)
    announced.push({
      came: `the names ${names.join(", ")}`,
      expected: "names that are never used twice",
    });
  list.add(group, "announces each connection that it accepts, by a name of its own", announced);

  const [first] = names;
  if (first === undefined) list.skip(group, "close ends a connection, and may be said twice");
  else {
    const closed = await client.ask({ cmd: "close", conn: first });
    const problems = expectAnswer(closed, ["ok"], '"ok"');
    // Which of the two it is, is for the testee to know.
    const ended = await eventually(() => peers.some((peer) => peer.ended), SOON_MS);
    if (!ended)
      problems.push({
        sent: closed.sent,
        came: `the connection was still open ${SOON_MS / 1_000} s later`,
        expected: "the connection to end",
      });
    const again = await client.ask({ cmd: "close", conn: first });
    problems.push(...expectAnswer(again, ["ok"], '"ok": it is gone already, which is no error'));
    list.add(group, "close ends a connection, and may be said twice", problems);
  }

  const closed = await client.ask({ cmd: "close", conn: listener });
  const problems = expectAnswer(closed, ["ok"], '"ok"');
  if (!(await isFreed(address, SOON_MS)))
    problems.push({
      sent: closed.sent,
      came: `port ${address.port} still accepts ${SOON_MS / 1_000} s later`,
      expected: "nobody who listens there any more",
    });
  if (!(await eventually(() => peers.every((peer) => peer.ended), SOON_MS)))
    problems.push({
      sent: closed.sent,
      came: `a connection of it was still open ${SOON_MS / 1_000} s later`,
      expected: "its connections to be let go with it",
    });
  const again = await client.ask({ cmd: "close", conn: listener });
  problems.push(...expectAnswer(again, ["ok"], '"ok": it is closed already, which is no error'));
  list.add(group, FREES, problems);
  for (const peer of peers) peer.abort();
}
