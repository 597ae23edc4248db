/** Whether a testee that claims to be a gateway dials for each connection that it accepts. */
import type { TransportName } from "../model.ts";
import { dial, listen } from "../peers/index.ts";
import { systemMachine } from "../time/machine.ts";
import { isNotImplemented, type ShimClient } from "./client.ts";
import type { ContractSchema } from "./contract-schema.ts";
import { addressIn, SOON_MS } from "./listening.ts";
import type { Checklist } from "./model.ts";
import { QuietPeer, TOLERANT } from "./peers.ts";
import { eventually } from "./process.ts";

export async function checkForwarding(
  client: ShimClient,
  schema: ContractSchema,
  transport: TransportName,
  list: Checklist,
): Promise<void> {
  const group = `${transport}, listen`;
  const DIALS = "dials where `forward` says for each connection that it accepts";
  const conn = `check-${transport}-gateway`;
  const peers: QuietPeer[] = [];
  const target = await listen(systemMachine, transport, TOLERANT, (peer) =>
    peers.push(new QuietPeer(peer)),
  );
  try {
    const forward = { transport, address: target.address, config: {} };
    const open = { cmd: "open", conn, role: "listen", transport, config: {}, forward };
    const answer = await client.ask(open);
    if (isNotImplemented(answer)) {
      list.add(group, DIALS, "later");
      return;
    }
    const address = addressIn(answer, schema);
    if (Array.isArray(address)) {
      list.add(group, DIALS, address);
      return;
    }
    const front = new QuietPeer(dial(systemMachine, transport, address, TOLERANT));
    const dialled = await eventually(() => peers.some((peer) => peer.opened), SOON_MS);
    const nobody = { sent: answer.sent, came: "no connection there", expected: "a connection" };
    list.add(group, DIALS, dialled ? [] : [nobody]);
    await client.ask({ cmd: "close", conn });
    front.abort();
  } finally {
    target.close();
    for (const peer of peers) peer.abort();
  }
}
