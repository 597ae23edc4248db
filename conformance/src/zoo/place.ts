/** Where a case runs: a transport, and what the peer under test does on it. */
import type { Role, TransportName } from "../model.ts";

export interface Place {
  readonly transport: TransportName;
  readonly role: Role;
}

/** "tcp-dial" */
export function placeName({ transport, role }: Place): string {
  return `${transport}-${role}`;
}
