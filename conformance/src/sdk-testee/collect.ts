/** Makes the garbage collector of this process pause it, as really as V8 can be made to. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Live objects that each collection has to walk: some 300 MB of them. */
const OBJECTS = 4_000_000;

/** Collects again and again for at least `ms`, without a turn of the event loop; says how long it took. */
export function collect(ms: number): number {
  const started = performance.now();
  // The flag makes `gc` a global of contexts that are made from here on, and of no other.
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const heap = Array.from({ length: OBJECTS }, (_, index) => ({ index }));
  // At the end it is asked for its length: nobody can take it for garbage before.
  do gc();
  while (performance.now() - started < ms && heap.length === OBJECTS);
  return Math.round(performance.now() - started);
}
