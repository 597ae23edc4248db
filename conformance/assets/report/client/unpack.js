/**
 * @import { Packed } from "../../../src/report/html/pack.ts"
 */

/**
 * What the page holds, as text: base64 of raw deflate.
 *
 * @param {string} base64
 * @returns {Promise<string>}
 */
export async function inflate(base64) {
  const octets = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).text();
}

/**
 * The other half of `pack.ts`: gives back what was packed.
 *
 * @template T What the page was made of.
 * @param {Packed} packed
 * @returns {T}
 */
export function unpack({ shapes, strings, root }) {
  /** @type {(item: unknown) => any} */
  const one = (item) => {
    if (!Array.isArray(item)) return item;
    const [head, ...rest] = item;
    if (head < 0) return strings[-head - 1];
    if (head === 0) return rest.map(one);
    // fromEntries defines properties and sets none: a key "__proto__" is a key.
    return Object.fromEntries(
      (shapes[head - 1] ?? []).map((key, index) => [key, one(rest[index])]),
    );
  };
  return one(root);
}
