import { closeCodeName } from "../core/index.ts";
import type { Notice } from "./notice.ts";
import type { RelayNotice } from "./relay-notice.ts";
import { decodeText } from "./text.ts";

/**
 * A notice as one line of JSON. `atMs` is monotonic, in milliseconds since the
 * process started; the first line has the `wallTime` that belongs to its own;
 * undefined fields are left out.
 */
export function toJson(notice: Notice | RelayNotice, atMs: number): string {
  const { type, ...rest } = flatten(notice);
  const session = "session" in notice ? { session: notice.session } : {};
  const connection = "connection" in notice ? { connection: notice.connection } : {};
  // In an order that is easy on the eye: when, what, which.
  const line = { atMs: Number(atMs.toFixed(3)), type, ...session, ...connection, ...rest };
  return JSON.stringify(line, (_key, value) =>
    value instanceof Error ? describeError(value) : value,
  );
}

function flatten(notice: Notice | RelayNotice): {
  readonly type: string;
  readonly [field: string]: unknown;
} {
  if (notice.type === "message-received") {
    const { data, ...rest } = notice;
    const text = decodeText(data);
    const content =
      text === undefined ? { base64: Buffer.from(data).toString("base64") } : { text };
    return { ...rest, bytes: data.length, ...content };
  }
  const end = "end" in notice ? notice.end : undefined;
  if (end !== undefined && "code" in end) {
    return { ...notice, end: { ...end, codeName: closeCodeName(end.code) } };
  }
  return { ...notice };
}

function describeError(error: Error): object {
  const code = "code" in error ? { code: error.code } : {};
  return { name: error.name, message: error.message, ...code };
}
