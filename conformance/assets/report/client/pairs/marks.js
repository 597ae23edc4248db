import { el } from "../dom.js";
import { verdictLink } from "../grid.js";
import { runLink } from "./model.js";
import { TRANSPORT_WORDS } from "./words.js";

/**
 * @import { PairsModel, Run } from "./model.js"
 */

/** @type {readonly ("tcp" | "ws" | "grpc")[]} */
export const TRANSPORTS_SHOWN = ["tcp", "ws", "grpc"];

/**
 * A run as a mark that leads to it; nothing where there is none.
 *
 * @param {PairsModel} model
 * @param {Run | undefined} run
 */
export function runMark(model, run) {
  if (run === undefined) return el("span", { class: "verdict none" });
  const { dialer, listener, transport, configuration, fault, verdict, attempts } = run.data;
  const over = TRANSPORT_WORDS[transport];
  return verdictLink(model, {
    verdict,
    href: runLink(run),
    what: `${dialer} dials ${listener}, ${over}, ${configuration}, ${fault}`,
    note: attempts > 1 ? `${attempts} attempts` : "",
  });
}
