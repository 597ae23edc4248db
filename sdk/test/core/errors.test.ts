import { expect, test } from "vitest";
import { PulsewireError } from "../../src/core/errors.ts";

test("an error carries its code, in its message too, and is local unless it says otherwise", () => {
  const error = new PulsewireError("PW_CONFIG", "no");
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: "PulsewireError",
    code: "PW_CONFIG",
    message: "[PW_CONFIG] no",
    side: "local",
    end: undefined,
  });
  expect("cause" in error).toBe(false);
});

test("side, cause and end are kept", () => {
  const cause = new Error("refused");
  const end = { kind: "peer-closed" } as const;
  const error = new PulsewireError("PW_CONNECT_FAILED", "no", { side: "remote", cause, end });
  expect(error).toMatchObject({ side: "remote", cause, end });
});
