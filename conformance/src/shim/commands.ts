/** Whether commands are answered as the contract has it, before anything is opened. */
import { randomBytes } from "node:crypto";
import type { TesteeInfo, TransportName } from "../model.ts";
import type { Address } from "../peers/peer.ts";
import { FEATURES } from "../testee/contract.ts";
import { type Answer, expectAnswer, isNotImplemented, type ShimClient } from "./client.ts";
import type { Checklist, Problem } from "./model.ts";
import { SilentListener } from "./peers.ts";

const HONESTY = "what it does not have";
const COMMANDS = "commands";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
/** How many commands are sent in one go. */
const CROWD = 20;
/** What a testee does that stands still may come this much early: timers are coarse. In milliseconds. */
const GRAIN_MS = 50;
const STALL_MS = 400;
const SUSPEND_MS = 1_500;

/**
 * What asks for a feature that a testee may claim, by a command or an option.
 * `forward` asks for `gateway` and is no such thing: it is a key of `open`, and
 * who does not know such a key ignores it.
 */
const FEATURE_USES: Readonly<Record<string, { config: object } | { cmd: string } | undefined>> = {
  always_beat: { config: { always_beat: true } },
  optional_peers: { config: { peer_heartbeats: "optional" } },
  stall: { cmd: "stall" },
  suspend: { cmd: "suspend" },
  legacy: { config: { legacy: true } },
  collect: { cmd: "collect" },
};

/** Asks for what does not exist, and for what is not claimed: a testee that says yes claims too much. */
export async function checkHonesty(
  client: ShimClient,
  info: TesteeInfo,
  list: Checklist,
): Promise<void> {
  const nonce = randomBytes(4).toString("hex");
  const [transport = "tcp"] = info.transports;
  const [role = "listen"] = info.roles;
  const silent = new SilentListener();
  const address = await silent.start();
  let names = 0;
  const open = (part: object): object => {
    names += 1;
    const conn = `honesty-${nonce}-${names}`;
    return { cmd: "open", conn, role, transport, address, config: {}, ...part };
  };

  const questions: [string, object][] = [
    ["a command that does not exist", { cmd: `no-such-command-${nonce}` }],
    ["a transport that does not exist", open({ transport: `no-such-transport-${nonce}` })],
    ["a role that does not exist", open({ role: `no-such-role-${nonce}` })],
    ["an option that does not exist", open({ config: { [`no_such_option_${nonce}`]: 1 } })],
    ["a value of an option that does not exist", open({ config: { reply: `no-such-${nonce}` } })],
  ];
  for (const other of TRANSPORTS)
    if (!info.transports.includes(other))
      questions.push([`the transport ${other}`, open({ transport: other })]);
  for (const other of ["dial", "listen"] as const)
    if (!info.roles.includes(other)) questions.push([`the role ${other}`, open({ role: other })]);
  for (const feature of FEATURES) {
    const use = FEATURE_USES[feature];
    if (use === undefined || info.features.includes(feature)) continue;
    const command = "cmd" in use ? { cmd: use.cmd, ms: 1 } : open(use);
    questions.push([`the feature ${feature}`, command]);
  }

  const answers = await Promise.all(questions.map(([, command]) => client.ask(command)));
  for (const [index, [what]] of questions.entries())
    list.add(
      HONESTY,
      `answers ${what} with "unsupported"`,
      expectAnswer(
        answers[index] as Answer,
        ["unsupported"],
        '"unsupported": it does not exist, or hello does not claim it',
      ),
    );
  const dialled: Problem = {
    came: `${silent.accepted} connections to the address in those commands`,
    expected: "none: what is unsupported is not tried",
  };
  if (info.roles.includes("dial"))
    list.add(HONESTY, "connects to nobody for it", silent.accepted > 0 ? [dialled] : []);
  silent.close();
}

/** Asks about connections that never were, in a crowd, and with keys of a later version. */
export async function checkCommands(
  client: ShimClient,
  info: TesteeInfo,
  list: Checklist,
): Promise<void> {
  const conn = `never-${randomBytes(4).toString("hex")}`;
  const closed = await client.ask({ cmd: "close", conn });
  list.add(
    COMMANDS,
    "takes close of an unknown connection for done",
    expectAnswer(closed, ["ok"], '"ok": it may be gone already, which is no error'),
  );
  const others = await Promise.all([
    client.ask({ cmd: "send", conn, text: "hello" }),
    client.ask({ cmd: "read", conn }),
  ]);
  list.add(
    COMMANDS,
    "answers send and read on an unknown connection",
    others.flatMap((answer) => expectAnswer(answer, ["ok", "failed"], '"ok" or "failed"')),
  );

  const key = `key_of_a_later_version_${conn}`;
  const tolerant = await client.ask({ cmd: "close", conn, [key]: { deep: [1, 2, 3] } });
  list.add(
    COMMANDS,
    "ignores a key that it does not know",
    expectAnswer(tolerant, ["ok"], '"ok": only keys of "config" are refused'),
  );

  const crowd = await Promise.all(
    Array.from({ length: CROWD }, (_, index) =>
      client.ask(index % 2 === 0 ? { cmd: "close", conn } : { cmd: `no-such-command-${index}` }),
    ),
  );
  list.add(
    COMMANDS,
    `answers ${CROWD} commands that come at once, each by its id`,
    crowd.flatMap((answer, index) =>
      index % 2 === 0
        ? expectAnswer(answer, ["ok"], '"ok"')
        : expectAnswer(answer, ["unsupported"], '"unsupported"'),
    ),
  );
  if (info.features.includes("stall")) await checkStall(client, list);
  if (info.features.includes("suspend")) {
    const suspended = await client.ask({ cmd: "suspend", ms: SUSPEND_MS });
    const expected = '"ok", and then to behave as if the machine had been suspended';
    list.add(COMMANDS, "takes suspend", expectAnswer(suspended, ["ok"], expected));
  }
  if (info.features.includes("collect")) {
    const collected = await client.ask({ cmd: "collect", ms: 1 });
    const expected = '"ok", and then to collect garbage';
    list.add(COMMANDS, "takes collect", expectAnswer(collected, ["ok"], expected));
  }
}

/** A testee that claims `stall` has to stand still: cases rest on it. */
async function checkStall(client: ShimClient, list: Checklist): Promise<void> {
  const stalled = await client.ask({ cmd: "stall", ms: STALL_MS });
  const after = await client.ask({ cmd: "close", conn: "after-the-stall" });
  const problems = expectAnswer(stalled, ["ok"], '"ok", and then to stand still');
  // From when it was told to: the answer may have waited for us to read it.
  const passedMs = stalled.afterMs + after.afterMs;
  if (problems.length === 0 && passedMs < STALL_MS - GRAIN_MS)
    problems.push({
      sent: stalled.sent,
      came: `another command was answered ${Math.round(passedMs)} ms later`,
      expected: `nothing for ${STALL_MS} ms`,
    });
  list.add(COMMANDS, `stands still for ${STALL_MS} ms after stall`, problems);
}

/** An `open` with a heartbeat-time that the protocol forbids [PW-HBT-4]. */
export async function checkInvalid(
  client: ShimClient,
  group: string,
  command: { readonly role: string; readonly address?: Address },
  list: Checklist,
): Promise<void> {
  const answer = await client.ask({ cmd: "open", ...command, config: { heartbeat_time_ms: 99 } });
  list.add(
    group,
    "refuses a heartbeat-time of 99 ms as invalid",
    isNotImplemented(answer)
      ? "later"
      : expectAnswer(answer, ["invalid"], '"invalid", before anything is dialled or listened on'),
  );
}
