/** Octets as people read them. */

/** Lower-case hex without spaces, cut after `limit` octets. */
export function toHex(octets: Uint8Array, limit: number = Number.POSITIVE_INFINITY): string {
  const shown = octets.length > limit ? octets.subarray(0, limit) : octets;
  return Buffer.from(shown.buffer, shown.byteOffset, shown.byteLength).toString("hex");
}

/** Octets from hex, with spaces wherever they help the reader. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new Error(`not hex: "${text}"`);
  return Uint8Array.from(Buffer.from(digits, "hex"));
}
