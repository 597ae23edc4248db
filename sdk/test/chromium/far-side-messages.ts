/** How a link in Node tells a page what it tells its sink. */
import type { LinkEnd } from "pulsewire";

/** One call of a sink. */
export type Told = { readonly link: string } & (
  | { readonly type: "frame"; readonly frame: Uint8Array }
  | { readonly type: "octets" }
  | { readonly type: "violation"; readonly code: number }
  | { readonly type: "drain" }
  | { readonly type: "close"; readonly end: LinkEnd }
);

/** A line of JSON, then the octets of the frame, if it is one. */
export const Told = {
  encode(told: Told): Uint8Array {
    const { frame, ...rest } = { frame: undefined, ...told };
    const head = new TextEncoder().encode(`${JSON.stringify(rest)}\n`);
    if (frame === undefined) return head;
    const message = new Uint8Array(head.length + frame.length);
    message.set(head);
    message.set(frame, head.length);
    return message;
  },

  decode(message: Uint8Array): Told {
    const cut = message.indexOf(10);
    const rest = JSON.parse(new TextDecoder().decode(message.subarray(0, cut)));
    return rest.type === "frame" ? { ...rest, frame: message.slice(cut + 1) } : rest;
  },
};
