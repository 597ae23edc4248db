/**
 * `each`: the same steps or checks once for each of several values.
 *
 * `{ each: [1, 2], do: [...] }` stands for the entries of `do`, once with `$v`
 * 1 and once with 2, and `$i` for the position from 0. A value that is an
 * object gives its own names: `{ each: [{ sent: 2u }], do: [...] }` has
 * `$sent`. A number stands for so many values that are never looked at.
 */
type Names = Readonly<Record<string, unknown>>;

interface Each {
  readonly each: number | readonly unknown[];
  readonly do: readonly unknown[];
}

/** The list without its `each` entries, which are written out. */
export function expandEach(list: readonly unknown[]): unknown[] {
  return list.flatMap((entry) => {
    if (!isEach(entry)) return [entry];
    const values = typeof entry.each === "number" ? Array(entry.each).fill(undefined) : entry.each;
    return values.flatMap((value, index) => {
      const names = { i: index, ...(isObject(value) ? value : { v: value }) };
      return expandEach(entry.do.map((item) => substitute(item, names)));
    });
  });
}

function substitute(value: unknown, names: Names): unknown {
  if (typeof value === "string") return substituteText(value, names);
  if (Array.isArray(value)) return value.map((entry) => substitute(entry, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, substitute(entry, names)]),
  );
}

/** A text that is a name becomes its value, number or text; names inside a text become text. */
function substituteText(text: string, names: Names): unknown {
  const whole = /^\$([a-z]+)$/.exec(text)?.[1];
  if (whole !== undefined && whole in names) return names[whole];
  return text.replaceAll(/\$([a-z]+)/g, (found, name: string) =>
    name in names ? String(names[name]) : found,
  );
}

function isEach(value: unknown): value is Each {
  return isObject(value) && "each" in value && Array.isArray(value["do"]);
}

function isObject(value: unknown): value is Names {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
