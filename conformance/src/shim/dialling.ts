/** Whether a testee dials as the contract has it. */
import type { TransportName } from "../model.ts";
import { listen } from "../peers/index.ts";
import { systemMachine } from "../time/machine.ts";
import { expectAnswer, isNotImplemented, type ShimClient } from "./client.ts";
import { checkInvalid } from "./commands.ts";
import { SOON_MS } from "./listening.ts";
import type { Checklist, Problem } from "./model.ts";
import { holdDeadPort, QuietPeer, SilentListener, TOLERANT } from "./peers.ts";
import { eventually } from "./process.ts";

/** What is asked while a dial is under way is answered by then, in milliseconds. */
const MEANWHILE_MS = 1_500;

export async function checkDialling(
  client: ShimClient,
  transport: TransportName,
  list: Checklist,
): Promise<void> {
  const group = `${transport}, dial`;
  const open = { cmd: "open", role: "dial", transport, config: {} };

  const peers: QuietPeer[] = [];
  const listener = await listen(systemMachine, transport, TOLERANT, (peer) =>
    peers.push(new QuietPeer(peer)),
  );
  try {
    const conn = `check-${transport}-dial`;
    const answer = await client.ask({ ...open, conn, address: listener.address });
    if (isNotImplemented(answer)) {
      list.add(group, "connects to the address that it is given", "later");
      return;
    }
    const problems = expectAnswer(answer, ["ok"], '"ok", once the connection can be used');
    const connected = await eventually(() => peers.some((peer) => peer.opened), SOON_MS);
    if (problems.length === 0 && !connected)
      problems.push({
        sent: answer.sent,
        came: "no connection to that address",
        expected: "a connection",
      });
    list.add(group, "connects to the address that it is given", problems);

    const CLOSES = "close ends the connection, and may be said twice";
    if (connected) list.add(group, CLOSES, await closeTwice(client, conn, peers));
    else list.skip(group, CLOSES);

    const before = peers.length;
    const invalid = { ...open, conn: `check-${transport}-invalid`, address: listener.address };
    await checkInvalid(client, group, invalid, list);
    const dialled: Problem = {
      came: "a connection with a configuration that is to be refused",
      expected: "none: the configuration is judged before anything is dialled",
    };
    list.add(
      group,
      "dials nobody with an invalid configuration",
      peers.length > before ? [dialled] : [],
    );
  } finally {
    listener.close();
    for (const peer of peers) peer.abort();
  }
  await checkNobody(client, group, open, transport, list);
}

async function closeTwice(
  client: ShimClient,
  conn: string,
  peers: readonly QuietPeer[],
): Promise<Problem[]> {
  const closed = await client.ask({ cmd: "close", conn });
  const problems = expectAnswer(closed, ["ok"], '"ok"');
  if (!(await eventually(() => peers.some((peer) => peer.ended), SOON_MS)))
    problems.push({
      sent: closed.sent,
      came: `the connection was still open ${SOON_MS / 1_000} s later`,
      expected: "the connection to end",
    });
  const again = await client.ask({ cmd: "close", conn });
  problems.push(...expectAnswer(again, ["ok"], '"ok": it is gone already, which is no error'));
  return problems;
}

/** Dials where nobody listens, and where somebody accepts and never answers. */
async function checkNobody(
  client: ShimClient,
  group: string,
  open: object,
  transport: TransportName,
  list: Checklist,
): Promise<void> {
  const dead = await holdDeadPort();
  const nobody = { ...open, conn: `check-${transport}-nobody`, address: dead.address };
  const refused = await client.ask(nobody);
  dead.release();
  list.add(
    group,
    "says that it failed where nobody listens",
    expectAnswer(refused, ["failed"], '"failed", within 10 s'),
  );

  // Over TCP a connection is there at once: no dial stays under way.
  if (transport === "tcp") return;
  const silent = new SilentListener();
  const address = await silent.start();
  const pending = client.ask({ ...open, conn: `check-${transport}-slow`, address });
  const problems: Problem[] = [];
  if (await eventually(() => silent.accepted > 0, SOON_MS)) {
    const other = await client.ask({ cmd: "close", conn: "meanwhile" });
    problems.push(...expectAnswer(other, ["ok"], '"ok"'));
    if (problems.length === 0 && other.afterMs > MEANWHILE_MS)
      problems.push({
        sent: other.sent,
        came: `a reply after ${Math.round(other.afterMs)} ms, while a dial was under way`,
        expected: "a reply at once: commands do not wait for one another",
      });
  }
  silent.close();
  const cut = await pending;
  // A gRPC client may call the connection open as soon as the call has begun [PW-GRPC-4].
  problems.push(
    ...expectAnswer(
      cut,
      ["failed", ...(transport === "grpc" ? (["ok"] as const) : [])],
      '"failed"',
    ),
  );
  list.add(group, "answers other commands while a dial is under way", problems);
}
