import { readFileSync } from "node:fs";
import { status as Status } from "@grpc/grpc-js";
import { CloseCode } from "pulsewire";
import { describe, expect, it } from "vitest";
import { closeCodeOfStatus, linkEndOfStatus, statusOfCloseCode } from "../../src/grpc/status.ts";

/** Section 4 of docs/bindings.md: code, name, number and name of the status. */
function table(): { code: number; name: string; number: number; status: string }[] {
  const page = readFileSync(new URL("../../../docs/bindings.md", import.meta.url), "utf8");
  const rows = page.matchAll(/^\| (\d+) \| ([A-Z_]+) \| \d+ \| (\d+) ([A-Z_]+) \|$/gm);
  return [...rows].map(([, code, name = "", number, status = ""]) => ({
    code: Number(code),
    name,
    number: Number(number),
    status,
  }));
}

describe("statuses [PW-MAP-1]", () => {
  it("are those of docs/bindings.md, for every close code", () => {
    expect(Object.fromEntries(table().map(({ name, code }) => [name, code]))).toEqual(CloseCode);
    for (const { code, number } of table()) {
      expect(statusOfCloseCode(code, "why"), `close code ${code}`).toEqual({
        code: number,
        details: "why",
      });
    }
  });

  it("are numbered as gRPC numbers them", () => {
    for (const { number, status } of table()) expect(Status[number]).toBe(status);
  });

  it("are UNKNOWN for a code the table does not have", () => {
    expect(statusOfCloseCode(4711, "").code).toBe(Status.UNKNOWN);
  });

  it("carry a reason that cannot be percent-encoded", () => {
    const { details } = statusOfCloseCode(1, "half \uD83D of it");
    expect(encodeURI(details)).toBe("half%20%EF%BF%BD%20of%20it");
  });
});

describe("a status without Close [PW-GRPC-7]", () => {
  it("is a close code where the table names one alone and no library makes it up", () => {
    for (let number = 1; number <= 16; number++) {
      const named = table().filter((row) => row.number === number);
      const end = linkEndOfStatus({ code: number, details: "why" });
      const [only] = named;
      if (named.length === 1 && only !== undefined && number !== Status.INTERNAL) {
        expect(end).toEqual({ kind: "peer-close-code", code: only.code, reason: "why" });
      } else {
        expect(end.kind, `status ${number}`).toBe("lost");
      }
    }
    expect([1, 2, 4, 8, 13, 14].map(closeCodeOfStatus)).toEqual(Array(6).fill(undefined));
    expect([3, 9, 10].map(closeCodeOfStatus)).toEqual([4, 5, 11]);
  });

  it("is the peer's end if it is OK", () => {
    expect(linkEndOfStatus({ code: 0, details: "" })).toEqual({ kind: "peer-closed" });
  });

  it("is a failure of the transport if no server said it", () => {
    const details = "Received RST_STREAM with code 2 (Internal server error)";
    expect(linkEndOfStatus({ code: Status.INTERNAL, details })).toMatchObject({
      kind: "lost",
      cause: { code: 13, message: `13 INTERNAL: ${details}` },
    });
  });
});
