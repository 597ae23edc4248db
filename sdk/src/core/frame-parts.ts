/**
 * A frame in two parts, so that the application's octets need not be copied
 * before the transport does it: its octets are those of `head`, and then those
 * of `data`, where there is any.
 */
export interface FrameParts {
  readonly head: Uint8Array;
  readonly data: Uint8Array | undefined;
}

/** The frame in one. */
export function joinParts({ head, data }: FrameParts): Uint8Array {
  if (data === undefined) return head;
  const frame = new Uint8Array(head.length + data.length);
  frame.set(head);
  frame.set(data, head.length);
  return frame;
}
