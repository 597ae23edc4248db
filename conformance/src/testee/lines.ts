/** Cuts a stream of octets into lines, and gives up on one that is no stream of lines. */
import type { Readable } from "node:stream";

/** A longer line is no line of the contract, in octets. */
const LINE_LIMIT_BYTES = 1_048_576;
/** More lines than this within {@link WINDOW_MS} would leave no time for anything else. */
const LINES_LIMIT = 100_000;
const WINDOW_MS = 5_000;

export interface LineSink {
  onLine(line: string): void;
  /** It cannot be read on; nothing more comes. */
  onFlood(why: string): void;
}

const LINE_FEED = 0x0a;

/** Reads lines from a stream until it ends, floods, or the function that this returns is called. */
export function readLines(stream: Readable, sink: LineSink): () => void {
  let parts: Buffer[] = [];
  let pending = 0;
  let lines = 0;
  let windowFrom = 0;
  let isStopped = false;
  let discarded = 0;

  const stop = (): void => {
    isStopped = true;
    parts = [];
  };
  const flood = (why: string): void => {
    stop();
    // Whoever goes on writing is told so by the operating system.
    stream.destroy();
    sink.onFlood(why);
  };
  const take = (piece: Buffer): void => {
    const text = Buffer.concat([...parts, piece]).toString("utf8");
    parts = [];
    pending = 0;
    const now = performance.now();
    if (now - windowFrom > WINDOW_MS) {
      windowFrom = now;
      lines = 0;
    }
    lines += 1;
    if (lines > LINES_LIMIT)
      flood(`it wrote more than ${LINES_LIMIT} lines in ${WINDOW_MS / 1000} s`);
    else sink.onLine(text.endsWith("\r") ? text.slice(0, -1) : text);
  };

  stream.on("data", (chunk: Buffer) => {
    if (isStopped) {
      // The reply to "bye" may still come, and a flood is not read to its end.
      discarded += chunk.length;
      if (discarded > LINE_LIMIT_BYTES) stream.destroy();
      return;
    }
    let from = 0;
    while (!isStopped) {
      const end = chunk.indexOf(LINE_FEED, from);
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      if (pending + piece.length > LINE_LIMIT_BYTES) {
        flood(`it wrote a line of more than ${LINE_LIMIT_BYTES} octets`);
        return;
      }
      if (end < 0) {
        parts.push(piece);
        pending += piece.length;
        return;
      }
      take(piece);
      from = end + 1;
    }
  });
  stream.on("error", () => {
    // It is gone; its process says so.
  });
  return stop;
}
