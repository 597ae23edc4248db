import fc from "fast-check";
import { arbitraries } from "../../src/testing/index.ts";
import type { Reply, SideName, World } from "./world.ts";

type Model = Record<string, never>;

/** Something that happens to the world, with its values in its name. */
class Happening implements fc.Command<Model, World> {
  readonly #name: string;
  readonly #happen: (world: World) => void;

  constructor(name: string, happen: (world: World) => void) {
    this.#name = name;
    this.#happen = happen;
  }

  check(): boolean {
    return true;
  }

  run(_: Model, world: World): void {
    this.#happen(world);
    world.observe();
  }

  toString(): string {
    return this.#name;
  }
}

const sides = fc.constantFrom<SideName>("a", "b");
const happening = (name: string, happen: (world: World) => void) => new Happening(name, happen);
const duration = fc.oneof(fc.nat(200), fc.nat(3000), fc.nat(12_000));

export const advance = duration.map((ms) =>
  happening(`advance(${ms})`, (world) => world.advance(ms)),
);

export const send = fc.tuple(sides, fc.constantFrom(0, 1, 65_537)).map(([name, length]) =>
  happening(`send(${name}, ${length})`, ({ pair }) => {
    const side = pair[name];
    if (side.connection.state !== "open" && side.connection.state !== "suspect") return;
    pair.act(side, (connection, now) => connection.sendData(new Uint8Array(length), now));
  }),
);

export const probe = sides.map((name) =>
  happening(`probe(${name})`, ({ pair }) =>
    pair.act(pair[name], (connection, now) => connection.probe(now)),
  ),
);

export const stallUpTo = (most: number) =>
  fc
    .tuple(sides, fc.nat(most))
    .map(([name, ms]) => happening(`stall(${name}, ${ms})`, (world) => world.stall(name, ms)));

const partition = sides.map((name) =>
  happening(`partition(${name})`, ({ pair }) => pair.partition(pair[name])),
);
const heal = fc.constant(happening("heal()", ({ pair }) => pair.heal()));
const drop = sides.map((name) => happening(`drop(${name})`, ({ pair }) => pair.drop(pair[name])));
const block = sides.map((name) =>
  happening(`block(${name})`, ({ pair }) => pair.block(pair[name])),
);
const unblock = sides.map((name) => happening(`unblock(${name})`, (world) => world.unblock(name)));
const pause = sides.map((name) => happening(`pause(${name})`, (world) => world.pause(name)));
const resume = sides.map((name) => happening(`resume(${name})`, (world) => world.resume(name)));
const trickle = sides.map((name) =>
  happening(`trickle(${name})`, ({ pair }) => pair.inject(pair[name], "octets")),
);
const confirm = fc
  .tuple(sides, fc.constantFrom(true, true, false))
  .map(([name, reachable]) =>
    happening(`confirm(${name}, ${reachable})`, (world) => world.confirm(name, reachable)),
  );
/** What an application answers from now on: soon or too late, yes or no, or nothing. */
export const replies: fc.Arbitrary<Reply[]> = fc.array(
  fc.option(
    fc.tuple(
      fc.oneof(fc.nat(50), fc.nat(3500)),
      fc.constantFrom<boolean[]>(true, true, true, true, false),
    ),
    { nil: undefined, freq: 6 },
  ),
  { minLength: 1, maxLength: 4 },
);
const reply = fc
  .tuple(sides, replies)
  .map(([name, list]) =>
    happening(`reply(${name}, ${JSON.stringify(list)})`, (world) => world.reply(name, list)),
  );
const garbage = fc
  .tuple(sides, arbitraries(fc).octets)
  .map(([name, octets]) =>
    happening(`garbage(${name}, ${octets})`, ({ pair }) => pair.inject(pair[name], octets)),
  );
const close = sides.map((name) =>
  happening(`close(${name})`, ({ pair }) =>
    pair.act(pair[name], (connection, now) => connection.close({}, now)),
  ),
);
const abort = sides.map((name) =>
  happening(`abort(${name})`, ({ pair }) =>
    pair.act(pair[name], (connection, now) => connection.abort("model", now)),
  ),
);

const often = <T>(times: number, arbitrary: fc.Arbitrary<T>) => Array(times).fill(arbitrary);

/** Everything that can go wrong. */
export const everything: fc.Arbitrary<Happening>[] = [
  ...often(6, advance),
  ...often(3, send),
  ...often(3, stallUpTo(12_000)),
  probe,
  ...often(2, partition),
  ...often(2, heal),
  drop,
  ...often(2, block),
  ...often(2, unblock),
  pause,
  resume,
  trickle,
  confirm,
  ...often(2, reply),
  garbage,
  close,
  abort,
];

/** What a healthy pair lives through. `stall` stays within what the peer tolerates. */
export const healthy = (stallMs: number): fc.Arbitrary<Happening>[] => [
  advance,
  send,
  stallUpTo(stallMs),
  probe,
];
