import { formatMeasured } from "./duration.ts";
import { describeEnd, isOrderly } from "./evidence.ts";
import type { RelayNotice } from "./relay-notice.ts";
import { describe, type Entry, entry, formatEntry } from "./terminal-view.ts";
import { printable } from "./text.ts";

/** The width of `#12 listen `. */
const NAME_WIDTH = 11;

/** The lines of a notice for a person; none if it is not to be shown. */
export function toRelayLines(notice: RelayNotice, wall: Date, color: boolean): string[] {
  const shown = describeRelay(notice);
  if (shown === undefined) return [];
  const leg = "leg" in notice ? notice.leg : "";
  const name = "connection" in notice ? `#${notice.connection} ${leg}` : "";
  return formatEntry(shown, name.padEnd(NAME_WIDTH), wall, color);
}

function describeRelay(notice: RelayNotice): Entry | undefined {
  switch (notice.type) {
    case "started":
      return undefined;
    case "listening":
      return entry("listening", "bold", "reset", `on ${notice.address}`, `to ${notice.to}`);
    case "open": {
      const { from, to } = notice;
      return entry("open", "green", "reset", `${printable(from)} ⇄ ${printable(to)}`);
    }
    case "refused":
      return entry("refused", ["bold", "red"], "reset", `${notice.from}: ${printable(notice.why)}`);
    case "closed":
      return describeClosed(notice);
    case "closing": {
      const what = notice.connections === 1 ? "1 connection" : `${notice.connections} connections`;
      return entry("closing", "gray", "gray", `${what}; Ctrl-C again ends it at once`);
    }
    case "failed":
      return entry("failed", ["bold", "red"], "reset", printable(notice.message));
    default:
      return describe({ ...notice, session: notice.connection });
  }
}

function describeClosed(notice: Extract<RelayNotice, { type: "closed" }>): Entry {
  const { by, why, end, forwardBytes, backBytes, openForMs } = notice;
  const carried = `carried ${size(forwardBytes)} →, ${size(backBytes)} ← in ${formatMeasured(openForMs)}`;
  if ("error" in notice) {
    return entry("FAILED", ["bold", "red"], "bold", printable(why), carried);
  }
  if (by === "both" || by === "relay") {
    return entry("closed", "green", "reset", printable(why), carried);
  }
  if (end === undefined) {
    return entry("LOST", ["bold", "red"], "bold", `leg ${by}: ${printable(why)}`, carried);
  }
  const { word, what, because } = describeEnd(end);
  const lines = [`leg ${by}: ${what}`, ...because, carried];
  if (isOrderly(end)) return entry(word, "green", "reset", ...lines);
  // A Close that gives trouble for its reason is a loss for whoever is on the other leg.
  return entry(word === "closed" ? "LOST" : word, ["bold", "red"], "bold", ...lines);
}

/** Octets, to three digits. */
function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
