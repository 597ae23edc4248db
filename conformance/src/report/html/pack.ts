/**
 * JSON with its repetition taken out: a report says the same keys and words thousands of times.
 *
 * - an object is `[shape, ...values]`, where `shape` >= 1 numbers its list of keys;
 * - an array is `[0, ...items]`;
 * - a string that occurs more than once is `[-n]`, the n-th of the table, from 1;
 * - everything else is itself.
 *
 * `assets/report/client/unpack.js` is the other half.
 */
export interface Packed {
  readonly shapes: readonly (readonly string[])[];
  readonly strings: readonly string[];
  readonly root: unknown;
}

/** Packs what `JSON.stringify` would write for `value`. */
export function pack(value: unknown): Packed {
  // What JSON drops or changes is dropped and changed here, once and by JSON itself.
  const plain: unknown = JSON.parse(JSON.stringify(value ?? null));
  const strings = repeatedStrings(plain);
  const indexOfString = new Map(strings.map((text, index) => [text, index + 1]));
  const shapes: string[][] = [];
  const indexOfShape = new Map<string, number>();

  const shapeOf = (keys: string[]): number => {
    const key = JSON.stringify(keys);
    let index = indexOfShape.get(key);
    if (index === undefined) {
      index = shapes.push(keys);
      indexOfShape.set(key, index);
    }
    return index;
  };
  const packOne = (item: unknown): unknown => {
    if (typeof item === "string") {
      const index = indexOfString.get(item);
      return index === undefined ? item : [-index];
    }
    if (Array.isArray(item)) return [0, ...item.map(packOne)];
    if (typeof item !== "object" || item === null) return item;
    const entries = Object.entries(item);
    const shape = shapeOf(entries.map(([key]) => key));
    return [shape, ...entries.map(([, each]) => packOne(each))];
  };
  const root = packOne(plain);
  return { shapes, strings, root };
}

/** The strings that are worth a table entry, most frequent first: those get the short numbers. */
function repeatedStrings(value: unknown): readonly string[] {
  const counts = new Map<string, number>();
  const count = (item: unknown): void => {
    if (typeof item === "string") counts.set(item, (counts.get(item) ?? 0) + 1);
    else if (typeof item === "object" && item !== null) Object.values(item).forEach(count);
  };
  count(value);
  return [...counts]
    .filter(([text, times]) => times > 1 && text.length > 2)
    .sort((a, b) => b[1] - a[1])
    .map(([text]) => text);
}
