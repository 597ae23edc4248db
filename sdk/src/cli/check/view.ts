import { styleText } from "node:util";
import type { ConfigWarning } from "../../core/index.ts";
import { formatDuration } from "../duration.ts";
import type { Figures, SideFigures } from "./figures.ts";
import type { CheckCommand } from "./options.ts";
import { inFlags } from "./options.ts";

/** How a check looks to a person. */
export interface CheckViewOptions {
  readonly color: boolean;
  /** Characters in a line. */
  readonly width: number;
}

/** What `pulsewire check` prints for a person. */
export function showCheck(
  { config, environment }: CheckCommand,
  { own, peer }: Figures,
  warnings: readonly ConfigWarning[],
  { color, width }: CheckViewOptions,
): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(style, text) : text;
  const lines: string[] = [];
  const say = (text: string, indent = "") => lines.push(...wrap(text, indent, width));

  if (own === undefined && peer === undefined) {
    const floor = formatDuration(config.minHeartbeatTimeMs ?? 1000);
    if (environment.peer === undefined) {
      say(
        `This side is passive: it takes over what its peer asks for, though not less than ${floor}, and judges it by that. Say --heartbeat-time, or --peer-heartbeat-time for what the peer asks for.`,
      );
    } else say("Neither side beats: a silent loss is never found.");
  }
  const show = (who: string, whom: string, figures: SideFigures | undefined) => {
    if (figures === undefined) return;
    if (lines.length > 0) lines.push("");
    lines.push(
      paint(
        "bold",
        `${who} finds ${whom} gone within ${formatDuration(figures.downByMs)} of its last octet`,
      ),
    );
    for (const [word, text] of rows(figures)) {
      lines.push(`  ${paint("gray", word.padEnd(11))}${text}`);
    }
  };
  const isJudged = !(environment.peer === "never-beats" && config.peerHeartbeats === "optional");
  if (isJudged) show("This side", "its peer", own);
  show("The peer", "this side", peer);

  for (const { message, reason } of warnings) {
    lines.push("");
    const [first = "", ...more] = wrap(inFlags(message), "  ", width);
    lines.push(paint("yellow", "!") + first.slice(1), ...more);
    for (const line of wrap(inFlags(reason), "    ", width)) lines.push(paint("gray", line));
  }
  lines.push("");
  const count = warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`;
  lines.push(warnings.length === 0 ? paint("green", "nothing to warn of") : paint("yellow", count));
  return `${lines.join("\n")}\n`;
}

function rows(figures: SideFigures): [string, string][] {
  const { heartbeatTimeMs, heartbeatsPerMinute, suspectAfterMs, downAfterMs, downByMs, pardonMs } =
    figures;
  const { least, most } = heartbeatsPerMinute;
  const [from, to] = [least, most].map((rate) => Number(rate.toPrecision(3)));
  return [
    [
      "beats",
      `every ${formatDuration(0.75 * heartbeatTimeMs)} to ${formatDuration(heartbeatTimeMs)}, ${from} to ${to} a minute${figures.alwaysBeats ? "" : "; less while data flows"}`,
    ],
    [
      "probes",
      suspectAfterMs === undefined
        ? "never: there is no slack"
        : `${formatDuration(suspectAfterMs)} after the last octet`,
    ],
    [
      "gives up",
      `${formatDuration(downAfterMs)} after the last octet, at the latest after ${formatDuration(downByMs)}`,
    ],
    [
      "when late",
      `itself, by more than ${formatDuration(pardonMs)}: asks once more, and gives up ${formatDuration(pardonMs)} after that`,
    ],
  ];
}

/** Words in lines of at most `width` characters; a number keeps its unit. */
function wrap(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/\d+(?:\.\d+)? (?:ms|s|min|h)\b\S*|\S+/g) ?? []) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
