const strict = new TextDecoder("utf-8", { fatal: true });

/** What a peer sent, as text; undefined if it is none. */
export function decodeText(data: Uint8Array): string | undefined {
  try {
    return strict.decode(data);
  } catch {
    return undefined;
  }
}

/** What an error of the library says, without its code, which is for programs. */
export function withoutCode({ message }: Error): string {
  return message.replace(/^\[PW_\w+\] /, "");
}

/** How much of a message is shown. */
const SHOWN_CHARACTERS = 1000;

/**
 * A peer's text, fit for a terminal: a stranger must not move the cursor,
 * change the colours or write over lines that were there before.
 */
export function printable(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? text.slice(0, SHOWN_CHARACTERS) : text;
  // Controls of ASCII and Latin-1, and those that turn the direction of writing around.
  const safe = shown.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
    return named ?? `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return shown === text ? safe : `${safe}… (${text.length} characters)`;
}

/** A message for a terminal: text as text, anything else as its first octets. */
export function showMessage(data: Uint8Array): string {
  const text = decodeText(data);
  if (text !== undefined) return text === "" ? "(empty message)" : printable(text);
  const first = Buffer.from(data.subarray(0, 24)).toString("hex").replace(/../g, "$& ").trimEnd();
  return `(${data.length} octets) ${first}${data.length > 24 ? " …" : ""}`;
}
