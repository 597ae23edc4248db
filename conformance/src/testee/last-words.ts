/** What a testee wrote to standard error last: mostly why it is gone. */
import { cleanLines } from "../report/text/clean.ts";

/** So much of the end is kept, in characters. */
const KEPT = 8_192;
/** So many lines of it are told, in so many characters. */
const MOST_LINES = 4;
const MOST_CHARACTERS = 300;

export class LastWords {
  #text = "";

  hear(text: string): void {
    this.#text = (this.#text + text).slice(-KEPT);
  }

  /** The sentence, with the last lines behind it if there are any. */
  after(sentence: string): string {
    const lines = cleanLines(this.#text).flatMap((line) => line.trim() || []);
    if (lines.length === 0) return sentence;
    const said = lines.slice(-MOST_LINES).join(" | ");
    const end = said.length > MOST_CHARACTERS ? `...${said.slice(-MOST_CHARACTERS)}` : said;
    return `${sentence}; the end of its standard error: ${end}`;
  }
}
