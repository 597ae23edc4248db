import fc, { type Arbitrary } from "fast-check";

/** Any unsigned 32-bit number, and often one where its encoding becomes an octet longer. */
export const uint32: Arbitrary<number> = fc.oneof(
  fc.constantFrom(
    ...[0, 1, 2 ** 7, 2 ** 14, 2 ** 21, 2 ** 28, 2 ** 31, 2 ** 32].flatMap((edge) => [
      Math.max(0, edge - 1),
      Math.min(2 ** 32 - 1, edge),
    ]),
  ),
  fc.nat(20_000),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);
