/** Poles that keep no contract at all: no run gets as far as a case with one of them. */
import { CONTRACT_VERSION, type TesteeLine } from "../testee/contract.ts";
import type { LineTestee } from "../testee/in-process.ts";

const HELLO = {
  contract: CONTRACT_VERSION,
  name: "control pole",
  version: "1",
  language: "TypeScript",
  transports: ["tcp"],
  roles: ["listen"],
  features: [],
};

export interface ControlPole {
  /** In words. */
  readonly does: string;
  /** Words that stand in the problem of a run. */
  readonly problem: string;
  reply(id: number): TesteeLine;
}

export type ControlPoleName = "control-yes" | "control-no";

export const CONTROL_POLES: Readonly<Record<ControlPoleName, ControlPole>> = {
  "control-yes": {
    does: "answers every command with ok",
    problem: "must answer",
    reply: (id) => ({ id, ok: HELLO }),
  },
  "control-no": {
    does: "answers every command with unsupported",
    problem: "hello was refused: unsupported",
    reply: (id) => ({ id, err: "unsupported" }),
  },
};

export function isControlPole(name: string): name is ControlPoleName {
  return Object.hasOwn(CONTROL_POLES, name);
}

export class ControlPoleTestee implements LineTestee {
  readonly #pole: ControlPole;
  readonly #write: (line: TesteeLine) => void;

  constructor(name: ControlPoleName, write: (line: TesteeLine) => void) {
    this.#pole = CONTROL_POLES[name];
    this.#write = write;
  }

  async handle(line: string): Promise<boolean> {
    this.#write(this.#pole.reply((JSON.parse(line) as { readonly id: number }).id));
    return true;
  }

  dispose(): void {
    // There is nothing to let go of.
  }
}
