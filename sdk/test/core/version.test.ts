import { expect, test } from "vitest";
import { agreeVersion, SPOKEN } from "../../src/core/version.ts";

test("this implementation speaks version 1 alone", () => {
  expect(SPOKEN).toEqual({ lowest: 1, highest: 1 });
});

test.each([
  [{ lowest: 1, highest: 1 }, { lowest: 1, highest: 1 }, 1],
  [{ lowest: 1, highest: 1 }, { lowest: 1, highest: 7 }, 1],
  [{ lowest: 1, highest: 1 }, { lowest: 2, highest: 7 }, undefined],
  [{ lowest: 1, highest: 3 }, { lowest: 2, highest: 2 }, 2],
  [{ lowest: 3, highest: 4 }, { lowest: 1, highest: 2 }, undefined],
  [{ lowest: 2, highest: 4 }, { lowest: 1, highest: 3 }, 3],
])("PW-VER-4: %o and %o agree on %s, whoever asks", (own, peer, expected) => {
  expect(agreeVersion(own, peer)).toBe(expected);
  expect(agreeVersion(peer, own)).toBe(expected);
});
