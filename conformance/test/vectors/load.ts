/** The vectors as they are in the repository. */
import { readFileSync } from "node:fs";
import type { FrameVector, StreamVector, Trace } from "../../src/vectors/model.ts";

const FOLDER = new URL("../../vectors/", import.meta.url);

export function loadJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
}

export const frames: readonly FrameVector[] = (
  loadJson("frames.json") as { frames: readonly FrameVector[] }
).frames;
export const streams: readonly StreamVector[] = (
  loadJson("delimited.json") as { streams: readonly StreamVector[] }
).streams;
export const traces: readonly Trace[] = (loadJson("traces.json") as { traces: readonly Trace[] })
  .traces;
