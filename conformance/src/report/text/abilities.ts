/** What a stream can show. */
export interface Abilities {
  readonly color: boolean;
  /** Whether signs outside ASCII arrive as what they are. */
  readonly unicode: boolean;
  /** Width in columns; absent where nobody knows, as in a log. */
  readonly columns?: number;
}

/**
 * Reads it off the stream and the environment. `NO_COLOR` and `FORCE_COLOR` are obeyed everywhere,
 * the first before the second. A locale that is named and is not UTF-8 gets ASCII; where none is
 * named, as in most containers, UTF-8 is what logs and terminals take.
 */
export function abilitiesOf(
  out: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): Abilities {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return {
    color: wantsColor(out, env),
    unicode: locale === "" || /utf-?8/i.test(locale),
    // Some terminals say 0 while they start.
    ...(out.isTTY === true && (out.columns ?? 0) > 0 ? { columns: out.columns as number } : {}),
  };
}

function wantsColor(out: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return out.isTTY === true && env["TERM"] !== "dumb";
}

const ASCII: Readonly<Record<string, string>> = {
  "✓": "+",
  "✗": "X",
  "⊘": "U",
  "–": "-",
  "—": "-",
  "−": "-",
  "…": ".",
  "·": ".",
  "━": "#",
  "─": "-",
  "→": ">",
  "←": "<",
  "×": "x",
  "≥": ">",
  "≤": "<",
  µ: "u",
  "“": '"',
  "”": '"',
  "‘": "'",
  "’": "'",
};

/** The text in ASCII, of the same width: signs by what is like them, anything else as "?". */
export function toAscii(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: line ends and colours pass.
  return text.replace(/[^\u0000-\u007f]/gu, (sign) => ASCII[sign] ?? "?");
}
