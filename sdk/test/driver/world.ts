import {
  createRuntime,
  type Link,
  type LinkSink,
  type Runtime,
  Session,
  type SessionEvent,
  type SessionOptions,
} from "../../src/driver/index.ts";
import { type LinkPairOptions, linkPair } from "../../src/memory/index.ts";
import { VirtualClock } from "../../src/testing/index.ts";

/** A link whose other end is the test: it does what it is told, and notes what it is asked. */
export class ScriptedLink implements Link {
  readonly transport: string = "scripted";
  readonly remote: string = "the test";
  readonly calls: string[] = [];
  readonly frames: Uint8Array[] = [];
  room = true;
  pausable = true;
  taken = 0;
  #sink: LinkSink | undefined;

  get sink(): LinkSink {
    if (this.#sink === undefined) throw new Error("not started");
    return this.#sink;
  }

  start(sink: LinkSink): void {
    this.#sink = sink;
  }

  send(frame: Uint8Array): boolean {
    this.frames.push(frame);
    return this.room;
  }

  octetsSent(): number {
    return this.taken;
  }

  pause(): boolean {
    this.calls.push("pause");
    return this.pausable;
  }

  resume(): void {
    this.calls.push("resume");
  }

  close(info: { code: number }): void {
    this.calls.push(`close ${info.code}`);
  }

  abort(info: { code: number }): void {
    this.calls.push(`abort ${info.code}`);
  }
}

export interface DriverWorld {
  readonly clock: VirtualClock;
  readonly runtime: Runtime;
}

export function driverWorld(): DriverWorld {
  const clock = new VirtualClock();
  return { clock, runtime: createRuntime(clock, () => 0.5) };
}

/** A session on a scripted link, and its events. */
export function scripted(options: SessionOptions = {}, world: DriverWorld = driverWorld()) {
  const link = new ScriptedLink();
  const events: SessionEvent[] = [];
  const onEvent = options.onEvent ?? ((event: SessionEvent) => void events.push(event));
  const session = Session.open(link, { ...options, onEvent }, world.runtime);
  return { ...world, link, events, session, types: () => events.map(({ type }) => type) };
}

/** Two sessions on a memory link, delivered as a network delivers. */
export function pair(
  optionsA: SessionOptions = {},
  optionsB: SessionOptions = {},
  pipe: LinkPairOptions = { latencyMs: 10 },
) {
  const world = driverWorld();
  const [linkA, linkB] = linkPair({ ...pipe, clock: world.clock.network });
  const a = Session.open(linkA, optionsA, world.runtime);
  const b = Session.open(linkB, optionsB, world.runtime);
  return { ...world, a, b };
}

/** Lets promises that are settled be noticed. */
export const noticed = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const text = (octets: Uint8Array | undefined): string => new TextDecoder().decode(octets);
