/** A gateway made of two sessions of the SDK: messages cross it, liveness does not [PW-GWY-1 to 4]. */
import { CloseCode, type Session } from "pulsewire";
import type { Forward } from "../testee/contract.ts";
import { BINDINGS, sessionOptions } from "./bindings.ts";

/** Dials on for a session that was accepted, and passes messages both ways until one of the two ends. */
export async function passOn(session: Session, forward: Forward): Promise<void> {
  const { transport, address, config } = forward;
  let onward: Session;
  try {
    onward = await BINDINGS[transport].connect(address, sessionOptions(config));
  } catch {
    // There is no way on: the same as if it had been lost.
    await lose(session);
    return;
  }
  void pump(session, onward);
  void pump(onward, session);
}

/** One direction, as fast as its far side takes it; what had come before the end still goes on. */
async function pump(from: Session, to: Session): Promise<void> {
  for await (const message of from) {
    const isOpen = to.state === "open" || to.state === "suspect";
    if (isOpen && !to.send(message)) await to.drained();
  }
  await lose(to);
}

async function lose(session: Session): Promise<void> {
  await session.close({ code: CloseCode.UPSTREAM_LOST, reason: "the other leg is gone" });
}
