import { CloseCode } from "pulsewire";

/**
 * Serves `locks` to the peer of a session: `{ acquire: name }` is answered with
 * `{ granted: name }` when its turn comes, `{ release: name }` gives it back.
 * Nothing in here looks after peers that die: `session.signal` does.
 *
 * @param {import("pulsewire").Session} session
 * @param {import("./locks.js").Locks} locks
 */
export async function serveLocks(session, locks) {
  const owner = session.remote;
  const releases = new Map();
  const grant = async (name) => {
    releases.set(name, await locks.acquire(name, { owner, signal: session.signal }));
    session.send(JSON.stringify({ granted: name }));
  };
  try {
    for await (const message of session) {
      const { acquire, release } = JSON.parse(Buffer.from(message));
      if (acquire !== undefined)
        grant(acquire).catch(() => {}); // ended before its turn came
      else releases.get(release)?.();
    }
  } catch (error) {
    session.close({ code: CloseCode.PROTOCOL_ERROR, reason: error.message });
  }
}
