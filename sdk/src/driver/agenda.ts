/** What an agenda knows of something that has a place in it: written by the agenda alone. */
export interface Placed<Item> {
  /** The moment at which it stands; undefined while it stands nowhere. */
  moment: Moment<Item> | undefined;
  /** Where it is among those of that moment. */
  slot: number;
}

/** A time, and all that stands there. */
export interface Moment<Item> {
  readonly at: number;
  readonly items: Item[];
  /** Where the moment is in the heap. */
  index: number;
}

/**
 * Who wants to be looked at when: a heap of the times that somebody asked for.
 *
 * A time is there once, however many ask for it. Heartbeats are due on a grid
 * (docs/decisions/0025), so the heap of a million sessions that beat holds a
 * few dozen times, and putting a session back costs the same as with a thousand.
 */
export class Agenda<Item extends Placed<Item>> {
  readonly #heap: Moment<Item>[] = [];
  readonly #byTime = new Map<number, Moment<Item>>();

  /** The earliest time that somebody asked for; infinity if nobody did. */
  get firstAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** One of those whose time has come. It keeps its place. */
  due(now: number): Item | undefined {
    const first = this.#heap[0];
    return first === undefined || first.at > now ? undefined : first.items[0];
  }

  /** Everything that has a place. */
  all(): Item[] {
    return this.#heap.flatMap(({ items }) => items);
  }

  /** Gives `item` its place at `at`, and at no other time. */
  place(item: Item, at: number): void {
    if (item.moment?.at === at) return;
    this.take(item);
    const moment = this.#byTime.get(at) ?? this.#begin(at);
    item.moment = moment;
    item.slot = moment.items.length;
    moment.items.push(item);
  }

  /** Takes `item` out, if it is in. */
  take(item: Item): void {
    const { moment, slot } = item;
    if (moment === undefined) return;
    item.moment = undefined;
    const last = moment.items.pop();
    if (last !== undefined && last !== item) {
      moment.items[slot] = last;
      last.slot = slot;
    }
    if (moment.items.length === 0) this.#end(moment);
  }

  #begin(at: number): Moment<Item> {
    const moment: Moment<Item> = { at, items: [], index: this.#heap.length };
    this.#heap.push(moment);
    this.#byTime.set(at, moment);
    this.#up(moment);
    return moment;
  }

  #end(moment: Moment<Item>): void {
    this.#byTime.delete(moment.at);
    const last = this.#heap.pop();
    if (last === undefined || last === moment) return;
    last.index = moment.index;
    this.#heap[last.index] = last;
    this.#up(last);
    this.#down(last);
  }

  #up(moment: Moment<Item>): void {
    while (moment.index > 0) {
      const parent = this.#heap[(moment.index - 1) >> 1];
      if (parent === undefined || parent.at <= moment.at) return;
      this.#swap(moment, parent);
    }
  }

  #down(moment: Moment<Item>): void {
    for (;;) {
      const left = this.#heap[2 * moment.index + 1];
      const right = this.#heap[2 * moment.index + 2];
      const child = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (child === undefined || child.at >= moment.at) return;
      this.#swap(moment, child);
    }
  }

  #swap(a: Moment<Item>, b: Moment<Item>): void {
    [a.index, b.index] = [b.index, a.index];
    this.#heap[a.index] = a;
    this.#heap[b.index] = b;
  }
}
