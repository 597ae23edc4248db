import pc from "picocolors";
import type { Verdict } from "../model.ts";
import { duration } from "./evidence.ts";
import { type Abilities, abilitiesOf, toAscii } from "./text/abilities.ts";
import { needsAttention, plural, styleOf, VERDICTS } from "./verdicts.ts";

/** What a run tells while it goes on. */
export interface Progress {
  /** The run begins; `total` results are due, of so many cases, or what else the noun says. */
  start(total: number, noun?: string): void;
  /** One more result is there. */
  update(result: { readonly verdict: Verdict }): void;
  /** The run is over: leaves one last line and touches the stream no more. */
  finish(): void;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 24;
/** A log gets a line at each tenth of the way: enough to see that it moves. */
const LOG_STEPS = 10;

/** Shows progress as one live line on a terminal, and as a few plain lines anywhere else. */
export function createProgress(
  out: NodeJS.WriteStream,
  abilities: Abilities = abilitiesOf(out, process.env),
): Progress {
  const live = out.isTTY === true && process.env["TERM"] !== "dumb";
  return live ? new LiveProgress(out, abilities) : new LogProgress(out, abilities);
}

/** Counts what came in; what both kinds of progress show. */
class Counter {
  readonly total: number;
  done = 0;
  readonly #startedAt = performance.now();
  readonly #counts = new Map<Verdict, number>();

  constructor(total: number) {
    this.total = total;
  }

  add(result: { readonly verdict: Verdict }): void {
    this.done += 1;
    this.#counts.set(result.verdict, (this.#counts.get(result.verdict) ?? 0) + 1);
  }

  /** Passes, and whatever needs attention; the rest is in the report. */
  counts(): readonly { readonly verdict: Verdict; readonly text: string }[] {
    return VERDICTS.filter(({ verdict }) => verdict === "pass" || needsAttention(verdict)).flatMap(
      ({ verdict }) => {
        const count = this.#counts.get(verdict) ?? 0;
        return count === 0 ? [] : [{ verdict, text: `${styleOf(verdict).symbol} ${count}` }];
      },
    );
  }

  elapsed(): string {
    return duration(performance.now() - this.#startedAt);
  }
}

class LiveProgress implements Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #colors: ReturnType<typeof pc.createColors>;
  readonly #show: (text: string) => string;
  #counter: Counter | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: NodeJS.WriteStream, { color, unicode }: Abilities) {
    this.#out = out;
    this.#colors = pc.createColors(color);
    this.#show = unicode ? (text) => text : toAscii;
  }

  start(total: number): void {
    this.finish();
    this.#counter = new Counter(total);
    // Drawing by a timer and not by result: a thousand results a second cost ten lines.
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
    this.#draw();
  }

  update(result: { readonly verdict: Verdict }): void {
    this.#counter?.add(result);
  }

  finish(): void {
    if (this.#counter === undefined) return;
    clearInterval(this.#timer);
    this.#draw();
    this.#out.write("\n");
    this.#counter = undefined;
  }

  #draw(): void {
    const counter = this.#counter;
    if (counter === undefined) return;
    const colors = this.#colors;
    // One column is left free: a full line makes some terminals wrap, and the next one garble.
    const room = (this.#out.columns ?? 80) - 1;
    const share = counter.total === 0 ? 1 : Math.min(1, counter.done / counter.total);
    const counts = counter.counts();
    const figures = `${counter.done}/${counter.total}`;
    const plain = [figures, ...counts.map((count) => count.text), counter.elapsed()].join("  ");
    const barWidth = Math.min(BAR_WIDTH, room - plain.length - 2);
    let line: string;
    if (barWidth < 4) {
      line = plain.slice(0, Math.max(0, room));
    } else {
      const filled = Math.round(share * barWidth);
      const bar = colors.cyan("━".repeat(filled)) + colors.dim("─".repeat(barWidth - filled));
      const painted = counts.map(({ verdict, text }) => {
        if (verdict === "pass") return colors.green(text);
        return verdict === "warn" ? colors.yellow(text) : colors.red(text);
      });
      line = [bar, figures, ...painted, colors.dim(counter.elapsed())].join("  ");
    }
    this.#out.write(`\r\u001b[K${this.#show(line)}`);
  }
}

class LogProgress implements Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #show: (text: string) => string;
  #counter: Counter | undefined;
  #told = 0;
  #toldDone = -1;

  constructor(out: NodeJS.WriteStream, { unicode }: Abilities) {
    this.#out = out;
    this.#show = unicode ? (text) => text : toAscii;
  }

  start(total: number, noun: string = "case"): void {
    this.#counter = new Counter(total);
    this.#told = 0;
    this.#toldDone = -1;
    this.#out.write(`running ${plural(total, noun)}\n`);
  }

  update(result: { readonly verdict: Verdict }): void {
    const counter = this.#counter;
    if (counter === undefined) return;
    counter.add(result);
    const step = Math.floor((counter.done / Math.max(1, counter.total)) * LOG_STEPS);
    // The last step is told by finish().
    if (step <= this.#told || step >= LOG_STEPS) return;
    this.#told = step;
    this.#tell(counter);
  }

  finish(): void {
    const counter = this.#counter;
    if (counter === undefined) return;
    if (this.#toldDone !== counter.done) this.#tell(counter);
    this.#counter = undefined;
  }

  #tell(counter: Counter): void {
    this.#toldDone = counter.done;
    const counts = counter.counts().map((count) => count.text);
    const line = [`${counter.done}/${counter.total}`, ...counts, counter.elapsed()].join("  ");
    this.#out.write(`${this.#show(line)}\n`);
  }
}
