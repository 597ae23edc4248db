import { closeCodeName } from "../core/index.ts";
import type { Notice } from "./notice.ts";
import { decodeText } from "./text.ts";

/**
 * A notice as one line of JSON. `atMs` is monotonic, in milliseconds since the
 * process started; the first line has the `wallTime` that belongs to its own;
 * undefined fields are left out.
 */
export function toJson(notice: Notice, atMs: number): string {
  const { type, ...rest } = flatten(notice);
  const session = "session" in notice ? { session: notice.session } : {};
  // In an order that is easy on the eye: when, what, which.
  const line = { atMs: Number(atMs.toFixed(3)), type, ...session, ...rest };
  return JSON.stringify(line, (_key, value) =>
    value instanceof Error ? describeError(value) : value,
  );
}

function flatten(notice: Notice): { readonly type: string; readonly [field: string]: unknown } {
  if (notice.type === "message-received") {
    const { data, ...rest } = notice;
    const text = decodeText(data);
    const content =
      text === undefined ? { base64: Buffer.from(data).toString("base64") } : { text };
    return { ...rest, bytes: data.length, ...content };
  }
  if (notice.type === "ended" && "code" in notice.end) {
    return { ...notice, end: { ...notice.end, codeName: closeCodeName(notice.end.code) } };
  }
  return notice;
}

function describeError(error: Error): object {
  const code = "code" in error ? { code: error.code } : {};
  return { name: error.name, message: error.message, ...code };
}
