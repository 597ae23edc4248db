import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CloseCode } from "../../src/core/index.ts";
import { cutReason, fromWebSocketCode, toWebSocketCode } from "../../src/driver/websocket-close.ts";

const page = readFileSync(new URL("../../../docs/bindings.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| (\d+) \| ([A-Z_]+) \| (\d+) \|/gm)].map(
  ([, code, name, wsCode]) => ({ code: Number(code), name, wsCode: Number(wsCode) }),
);

describe("[PW-MAP-1] close codes on WebSocket", () => {
  test("the page has a row for every close code", () => {
    expect(Object.fromEntries(rows.map(({ code, name }) => [name, code]))).toEqual(CloseCode);
  });

  test.each(rows)("$name is $wsCode", ({ code, wsCode }) => {
    expect(toWebSocketCode(code)).toBe(wsCode);
    const read = fromWebSocketCode(wsCode, "why");
    expect(read).toEqual(
      code === CloseCode.NORMAL
        ? { kind: "peer-closed" }
        : { kind: "peer-close-code", code, reason: "why" },
    );
  });

  test("what libraries and proxies send by themselves is read as the page says", () => {
    const sentence = /send by themselves mean: ([^.]*)\./.exec(page)?.[1] ?? "";
    const clauses = sentence.split(";");
    expect(clauses).toHaveLength(7);
    for (const clause of clauses) {
      const numbers = (clause.match(/\b1\d{3}\b/g) ?? []).map(Number);
      const name = /[A-Z_]{5,}/.exec(clause)?.[0] as keyof typeof CloseCode | undefined;
      expect(numbers).not.toEqual([]);
      for (const number of numbers) {
        const { kind, ...rest } = fromWebSocketCode(number, "");
        if (name !== undefined) expect(rest).toMatchObject({ code: CloseCode[name] });
        else expect(kind).toBe(clause.includes("peer closed") ? "peer-closed" : "lost");
      }
    }
  });

  test("codes that the table does not have", () => {
    expect(toWebSocketCode(14)).toBe(4014);
    expect(toWebSocketCode(999)).toBe(4999);
    expect(toWebSocketCode(1000)).toBe(4013);
    expect(toWebSocketCode(2 ** 32 - 1)).toBe(4013);
    for (const wsCode of [3000, 4000, 4001, 4014, 4999]) {
      expect(fromWebSocketCode(wsCode, "")).toEqual({ kind: "peer-closed" });
    }
    for (const wsCode of [1004, 1006, 1010, 1014, 1015, 2999]) {
      expect(fromWebSocketCode(wsCode, "").kind).toBe("lost");
    }
  });

  test("a reason is cut to 123 octets, between two characters", () => {
    expect(cutReason("short")).toBe("short");
    expect(cutReason("x".repeat(123))).toHaveLength(123);
    expect(cutReason("x".repeat(124))).toBe("x".repeat(123));
    expect(cutReason("é".repeat(62))).toBe("é".repeat(61));
    expect(cutReason("😀".repeat(40))).toBe("😀".repeat(30));
  });
});
