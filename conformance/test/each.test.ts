/** `each` in case files: the same entries once for each of several values. */
import { describe, expect, test } from "vitest";
import { expandEach } from "../src/cases/each.ts";

describe("each", () => {
  test("leaves alone what is no each", () => {
    const list = ["connect", { wait: "1u" }, { send: { data: "$v and $i" } }];
    expect(expandEach(list)).toEqual(list);
  });

  test("writes its entries out, value by value", () => {
    const list = ["connect", { each: [7, 9], do: [{ send: { close: "$v" } }, "fence"] }];
    expect(expandEach(list)).toEqual([
      "connect",
      { send: { close: 7 } },
      "fence",
      { send: { close: 9 } },
      "fence",
    ]);
  });

  test("a name that is the whole text keeps the type of its value, one inside a text does not", () => {
    const entry = { conn: "$i", as: "sent-$i", kills: "$kills", from: "sent-$i + 1u" };
    expect(expandEach([{ each: [{ kills: ["a", "b"] }], do: [entry] }])).toEqual([
      { conn: 0, as: "sent-0", kills: ["a", "b"], from: "sent-0 + 1u" },
    ]);
  });

  test("a number stands for so many turns", () => {
    expect(expandEach([{ each: 3, do: ["$i"] }])).toEqual([0, 1, 2]);
  });

  test("one inside another has the names of both", () => {
    const inner = { each: [{ b: 1 }, { b: 2 }], do: ["$a$b"] };
    expect(expandEach([{ each: [{ a: "x" }, { a: "y" }], do: [inner] }])).toEqual([
      "x1",
      "x2",
      "y1",
      "y2",
    ]);
  });

  test("a name that nobody gave stays, for the schema to refuse", () => {
    expect(expandEach([{ each: 1, do: [{ conn: "$n" }] }])).toEqual([{ conn: "$n" }]);
  });
});
