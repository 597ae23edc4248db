/**
 * Reads a session as an application does, so that what a reader costs is counted.
 *
 * @param {import("pulsewire").Session} session
 */
export async function read(session) {
  for await (const message of session) void message;
}

/** @param {import("pulsewire").SessionListener} listener */
export function portOf(listener) {
  return Number(new URL(listener.address).port);
}
