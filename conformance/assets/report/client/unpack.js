/**
 * The other half of `pack.ts`: gives back what was packed.
 *
 * @param {{ shapes: string[][], strings: string[], root: unknown }} packed
 * @returns {any}
 */
export function unpack({ shapes, strings, root }) {
  const one = (item) => {
    if (!Array.isArray(item)) return item;
    const [head, ...rest] = item;
    if (head < 0) return strings[-head - 1];
    if (head === 0) return rest.map(one);
    // fromEntries defines properties and sets none: a key "__proto__" is a key.
    return Object.fromEntries(shapes[head - 1].map((key, index) => [key, one(rest[index])]));
  };
  return one(root);
}
