/** The stretch of a trace that a check looks at. */
import type { Span } from "../cases/model.ts";
import type { Window } from "../model.ts";
import { FINISH, type TraceView } from "./view.ts";

/** A span in nanoseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where a span lies, or the name of the moment the case never came to. */
export function resolve(view: TraceView, span: Span): Stretch | string {
  const from = view.moment(span.from);
  if (from === undefined) return span.from;
  const end = span.to ?? FINISH;
  const to = view.moment(end);
  return to === undefined ? end : { from, to };
}

/** A window to draw. */
export function window(kind: Window["kind"], label: string, from: number, to: number): Window {
  return { kind, label, fromNs: Math.max(0, from), toNs: to };
}
