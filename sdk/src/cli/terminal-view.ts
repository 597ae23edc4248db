import { styleText } from "node:util";
import { formatDuration, formatMeasured } from "./duration.ts";
import { describeEnd } from "./evidence.ts";
import type { Notice } from "./notice.ts";
import { printable, showMessage } from "./text.ts";

type Style = Parameters<typeof styleText>[0];

/** How notices look to a person. */
export interface TerminalViewOptions {
  readonly color: boolean;
  /** No heartbeats. */
  readonly quiet: boolean;
  /** Name the session in each line: there can be several. */
  readonly numbered: boolean;
}

const WORD_WIDTH = 9;

/** The lines of a notice; none if it is not to be shown. */
export function toLines(notice: Notice, wall: Date, options: TerminalViewOptions): string[] {
  const { color, quiet, numbered } = options;
  if (quiet && (notice.type === "heartbeat-sent" || notice.type === "heartbeat-received"))
    return [];
  const shown = describe(notice);
  if (shown === undefined) return [];
  return formatEntry(shown, numbered ? nameOf(notice).padEnd(4) : "", wall, color);
}

/** The lines of an entry, with the time and whom it is about. */
export function formatEntry(entry: Entry, name: string, wall: Date, color: boolean): string[] {
  const paint = (style: Style, text: string) => (color ? styleText(style, text) : text);
  const time = timeOfDay(wall);
  const [first = "", ...more] = entry.lines;
  const indent = " ".repeat(time.length + 2 + name.length + WORD_WIDTH + 1);
  const head = `${paint("gray", time)}  ${paint("cyan", name)}`;
  return [
    `${head}${paint(entry.style, entry.word.padEnd(WORD_WIDTH))} ${paint(entry.body, first)}`,
    ...more.map((line) => indent + paint("gray", line)),
  ];
}

/** One thing that happened, in words. */
export interface Entry {
  readonly word: string;
  readonly style: Style;
  readonly body: Style;
  readonly lines: readonly string[];
}

/** Makes an {@link Entry}: its word, how that and the rest look, and its lines. */
export function entry(word: string, style: Style, body: Style, ...lines: string[]): Entry {
  return { word, style, body, lines };
}

/** A notice in words; undefined if there is nothing to say. */
export function describe(notice: Notice): Entry | undefined {
  switch (notice.type) {
    case "listening":
      return entry("listening", "bold", "reset", `on ${notice.address}`);
    case "connecting":
      return entry("connect", "gray", "gray", `to ${notice.target}`);
    case "open":
      return entry("open", "green", "reset", `${notice.transport}, ${printable(notice.remote)}`);
    case "heartbeat-sent": {
      const { cause, heartbeatTimeMs } = notice;
      const word = cause === "probe" ? "→ probe" : "→ beat";
      return entry(word, "gray", "gray", `${time(heartbeatTimeMs)}, ${CAUSES[cause]}`);
    }
    case "heartbeat-received": {
      const { heartbeatTimeMs, replyRequested, rttMs } = notice;
      const rtt = rttMs === undefined ? "" : `, round trip ${formatMeasured(rttMs)}`;
      const word = replyRequested ? "← probe" : "← beat";
      return entry(word, "gray", "gray", `${time(heartbeatTimeMs)}${rtt}`);
    }
    case "adopted":
      return entry("adopted", "blue", "reset", describeAdoption(notice));
    case "suspect":
      return entry(
        "suspect",
        "yellow",
        "reset",
        `silent for ${formatMeasured(notice.silentForMs)}`,
      );
    case "recovered":
      return entry("recovered", "green", "reset", `after ${formatMeasured(notice.silentForMs)}`);
    case "pardoned":
      return entry(
        "late",
        "yellow",
        "reset",
        `this side judged ${formatMeasured(notice.lateByMs)} late, so the peer gets more time, once`,
      );
    case "confirming":
      return entry("overdue", "yellow", "reset", "can it still be reached another way?");
    case "extended":
      return entry(
        "extended",
        "yellow",
        "reset",
        `it can: ${formatDuration(notice.forMs)} more, for the ${notice.extension}. time`,
      );
    case "confirm-failed":
      return entry("overdue", "yellow", "reset", "the question failed, which means no");
    case "suspended":
      return entry("suspended", "yellow", "reset", "this machine slept; the peer is asked");
    case "message-sent":
      return entry("→", "bold", "reset", printable(notice.text));
    case "message-received":
      return entry("←", "bold", "bold", showMessage(notice.data));
    case "not-sent":
      return entry("not sent", "red", "reset", printable(notice.why));
    case "input-ended":
      return entry("input", "gray", "gray", "has ended; this goes on (-N ends with the input)");
    case "closing":
      return entry("closing", "gray", "gray", "Ctrl-C again aborts");
    case "ended": {
      const { word, what, because } = describeEnd(notice.end);
      const bad = word === "DOWN" || word === "LOST";
      return entry(word, bad ? ["bold", "red"] : "green", bad ? "bold" : "reset", what, ...because);
    }
    case "failed":
      return entry("failed", ["bold", "red"], "reset", printable(notice.message));
    case "started":
      return undefined;
  }
}

const CAUSES = {
  opening: "at the opening",
  announcement: "announces it",
  cadence: "it was time",
  probe: "are you there?",
  answer: "answers",
} as const;

function time(heartbeatTimeMs: number | undefined): string {
  return heartbeatTimeMs === undefined ? "passive" : formatDuration(heartbeatTimeMs);
}

function describeAdoption(notice: Extract<Notice, { type: "adopted" }>): string {
  const { heartbeatTimeMs, receivedMs, previousMs } = notice;
  const asked =
    heartbeatTimeMs === receivedMs
      ? "asked by the peer"
      : `the peer asked for ${formatDuration(receivedMs)}, the floor is higher`;
  const before = previousMs === undefined ? "" : `; it was ${formatDuration(previousMs)}`;
  return `${formatDuration(heartbeatTimeMs)}, ${asked}${before}`;
}

function nameOf(notice: Notice): string {
  if (notice.type === "message-sent") {
    return notice.sessions.length === 1 ? `#${notice.sessions[0]}` : "all";
  }
  return "session" in notice && notice.session !== undefined ? `#${notice.session}` : "";
}

function timeOfDay(wall: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const milliseconds = String(wall.getMilliseconds()).padStart(3, "0");
  return `${two(wall.getHours())}:${two(wall.getMinutes())}:${two(wall.getSeconds())}.${milliseconds}`;
}
