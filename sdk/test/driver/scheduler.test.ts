import fc from "fast-check";
import { expect, test } from "vitest";
import { type Clock, timerDelay } from "../../src/driver/clock.ts";
import { type Scheduled, Scheduler } from "../../src/driver/scheduler.ts";
import { VirtualClock } from "../../src/testing/index.ts";

/** A task that wants to be called once, at `at`, and notes when it was. */
class Task implements Scheduled {
  at: number | undefined;
  readonly ran: number[] = [];
  readonly slept: number[] = [];

  constructor(at?: number) {
    this.at = at;
  }

  nextAt(): number | undefined {
    return this.at;
  }

  run(now: number): void {
    this.ran.push(now);
    this.at = undefined;
  }

  suspended(now: number): void {
    this.slept.push(now);
  }
}

function scheduled(...times: (number | undefined)[]) {
  const clock = new VirtualClock();
  const scheduler = new Scheduler(clock);
  const tasks = times.map((at) => {
    const task = new Task(at);
    const handle = scheduler.add(task);
    handle.touch();
    return { task, handle };
  });
  return { clock, scheduler, tasks };
}

test("runs each task at its time, in order, on one timer", () => {
  const { clock, tasks } = scheduled(300, 100, undefined, 200, 100);
  expect(clock.timers).toBe(1);
  clock.advance(250);
  expect(tasks.map(({ task }) => task.ran)).toEqual([[], [100], [], [200], [100]]);
  expect(clock.timers).toBe(1);
  clock.advance(1e9);
  expect(tasks[0]?.task.ran).toEqual([300]);
  expect(clock.timers).toBe(0);
});

test("a task that is not touched is not looked at", () => {
  const clock = new VirtualClock();
  const task = new Task(10);
  new Scheduler(clock).add(task);
  clock.advance(1000);
  expect(task.ran).toEqual([]);
});

test("wanting to be called later needs no touch, and touches no timer", () => {
  const { clock, tasks } = scheduled(100);
  const [{ task, handle } = { task: new Task(), handle: undefined }] = tasks;
  clock.advance(50);
  task.at = 400;
  handle?.touch();
  expect(clock.nextAt).toBe(100);
  clock.advance(300);
  expect(task.ran).toEqual([]);
  expect(clock.nextAt).toBe(400);
  clock.advance(50);
  expect(task.ran).toEqual([400]);
});

test("wanting to be called earlier is told by a touch, which replaces the timer", () => {
  const { clock, tasks } = scheduled(1000);
  const first = tasks[0];
  if (first === undefined) throw new Error();
  first.task.at = 20;
  first.handle.touch();
  expect([clock.timers, clock.nextAt]).toEqual([1, 20]);
  clock.advance(20);
  expect(first.task.ran).toEqual([20]);
});

test("a removed task is never called, and the last one takes the timer with it", () => {
  const { clock, tasks } = scheduled(100, 200);
  tasks[0]?.handle.remove();
  tasks[0]?.handle.remove();
  clock.advance(150);
  expect(tasks[0]?.task.ran).toEqual([]);
  expect(clock.timers).toBe(1);
  tasks[1]?.handle.remove();
  expect(clock.timers).toBe(0);
});

test("PW-CLK-2: the judgement comes after the reading", () => {
  const { clock, tasks } = scheduled(100);
  const order: string[] = [];
  const task = tasks[0]?.task;
  if (task === undefined) throw new Error();
  task.run = () => void order.push("judged");
  clock.network.schedule(150, () => {
    order.push("read");
    task.at = undefined;
  });
  clock.stall(200);
  expect(order).toEqual(["read"]);
});

test("a touch between the timer and its judgement does not set a second timer", () => {
  const { clock, scheduler, tasks } = scheduled(100, 500);
  const other = new Task();
  const handle = scheduler.add(other);
  clock.network.schedule(100, () => {
    other.at = 101;
    handle.touch();
    expect(clock.timers).toBe(0);
  });
  clock.advance(100);
  expect(tasks[0]?.task.ran).toEqual([100]);
  expect([clock.timers, clock.nextAt]).toEqual([1, 101]);
  clock.advance(100);
  expect(other.ran).toEqual([101]);
  expect([clock.timers, clock.nextAt]).toEqual([1, 500]);
});

test("nor does one that leaves as another comes, between the timer and its judgement", () => {
  const { clock, scheduler, tasks } = scheduled(100);
  const other = new Task(500);
  clock.network.schedule(100, () => {
    tasks[0]?.handle.remove();
    scheduler.add(other).touch();
  });
  clock.advance(100);
  expect([clock.timers, clock.nextAt]).toEqual([1, 500]);
  clock.advance(1000);
  expect([other.ran, clock.timers]).toEqual([[500], 0]);
});

test("a task that always wants the past does not hold the others", () => {
  const { clock, tasks } = scheduled(10, 10);
  const first = tasks[0]?.task;
  if (first === undefined) throw new Error();
  let runs = 0;
  first.run = () => {
    runs += 1;
  };
  clock.advance(20);
  expect(runs).toBe(11);
  expect(tasks[1]?.task.ran).toEqual([10]);
});

test("a task may remove itself and others, and add to the schedule, as it runs", () => {
  const { clock, scheduler, tasks } = scheduled(10, 10, 30);
  const [first, second, third] = tasks;
  if (first === undefined) throw new Error();
  const late = new Task(10);
  first.task.run = () => {
    first.handle.remove();
    second?.handle.remove();
    scheduler.add(late).touch();
  };
  clock.advance(100);
  expect(second?.task.ran).toEqual([]);
  expect(late.ran).toEqual([10]);
  expect(third?.task.ran).toEqual([30]);
  expect(clock.timers).toBe(0);
});

test("a task that throws does not take the timer with it", () => {
  const { clock, tasks } = scheduled(10, 20);
  const first = tasks[0]?.task;
  if (first === undefined) throw new Error();
  first.run = () => {
    first.at = undefined;
    throw new Error("defect");
  };
  expect(() => clock.advance(10)).toThrow("defect");
  clock.advance(20);
  expect(tasks[1]?.task.ran).toEqual([20]);
});

test("PW-CLK-5: the wall clock a second ahead means that the machine slept; less does not", () => {
  const { clock, tasks } = scheduled(1000, 5000);
  clock.suspend(999);
  clock.advance(1000);
  expect(tasks[1]?.task.slept).toEqual([]);
  clock.suspend(1000);
  clock.advance(4000);
  expect(tasks[1]?.task.slept).toEqual([5000]);
  expect(tasks[0]?.task.slept).toEqual([]);
});

test("a wall clock that is set back is no sleep, nor is what follows", () => {
  const { clock, tasks } = scheduled(1000, 2000);
  clock.suspend(-3_600_000);
  clock.advance(2000);
  expect(tasks[1]?.task.slept).toEqual([]);
});

test("heap order: any operations, against a list that is sorted each time", () => {
  const operation = fc.record({
    kind: fc.constantFrom("touch", "remove", "advance"),
    which: fc.nat(9),
    // Often the same time, as on the grid of heartbeats.
    ms: fc.oneof(fc.nat(100), fc.constantFrom(20, 40)),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const { clock, tasks } = scheduled(...Array(10).fill(undefined));
      const wanted = new Map<number, number>();
      const expected: number[][] = tasks.map(() => []);
      for (const { kind, which, ms } of operations) {
        const chosen = tasks[which];
        if (kind === "touch") {
          if (chosen !== undefined) chosen.task.at = clock.now() + ms;
          wanted.set(which, clock.now() + ms);
          chosen?.handle.touch();
        } else if (kind === "remove") {
          wanted.delete(which);
          if (chosen !== undefined) chosen.task.at = undefined;
          chosen?.handle.remove();
        } else {
          clock.advance(ms);
        }
        clock.settle();
        for (const [task, at] of [...wanted]) {
          if (at > clock.now()) continue;
          expected[task]?.push(at);
          wanted.delete(task);
        }
        expect(tasks.map(({ task }) => task.ran)).toEqual(expected);
        expect(clock.timers).toBeLessThanOrEqual(1);
        if (wanted.size > 0) expect(clock.timers).toBe(1);
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [100, 0, 100],
  [100.2, 0, 101],
  [0, 100, 0],
  [2 ** 31, 0, 2 ** 31 - 1],
  [Number.POSITIVE_INFINITY, 0, 2 ** 31 - 1],
])("timerDelay(%s, %s) is %s", (at, now, expected) => {
  expect(timerDelay(at, now)).toBe(expected);
});

test("a timer that cannot wait as long as it should is asked again", () => {
  const clock = new VirtualClock();
  const clamped: Clock = {
    now: () => clock.now(),
    wallNow: () => clock.wallNow(),
    schedule: (at, run) => clock.schedule(clock.now() + timerDelay(at, clock.now()), run),
    afterRead: (run) => clock.afterRead(run),
    endOfTurn: (run) => clock.endOfTurn(run),
  };
  const month = 30 * 24 * 3_600_000;
  const task = new Task(month);
  new Scheduler(clamped).add(task).touch();
  clock.advance(month - 1);
  expect(task.ran).toEqual([]);
  clock.advance(1);
  expect(task.ran).toEqual([month]);
});

test("tells of a stall when the timer is more than 100 ms late, and by how much", () => {
  const clock = new VirtualClock();
  const stalls: number[] = [];
  const scheduler = new Scheduler(clock, (lateByMs) => stalls.push(lateByMs));
  const task = new Task(1000);
  const handle = scheduler.add(task);
  handle.touch();
  clock.stall(1100);
  expect([task.ran, stalls]).toEqual([[1100], []]);

  task.at = 2000;
  handle.touch();
  clock.advance(400); // 1500
  clock.stall(600.5);
  expect([task.ran.at(-1), stalls]).toEqual([2100.5, [100.5]]);

  // Nobody waits for anything: a stall that makes nothing late is not seen.
  clock.stall(10_000);
  task.at = 13_000;
  handle.touch();
  clock.advance(5000);
  expect(stalls).toEqual([100.5]);
});

test("what is far off is looked at on tenths of a second, and called at its time", () => {
  const clock = new VirtualClock();
  const timers: number[] = [];
  const counted: Clock = {
    now: () => clock.now(),
    wallNow: () => clock.wallNow(),
    schedule: (at, run) => {
      timers.push(at);
      return clock.schedule(at, run);
    },
    afterRead: (run) => clock.afterRead(run),
    endOfTurn: (run) => clock.endOfTurn(run),
  };
  const scheduler = new Scheduler(counted);
  const tasks = [5012.25, 5037.5, 5099.75].map((at) => new Task(at));
  for (const task of tasks) scheduler.add(task).touch();
  expect(timers).toEqual([5000]);
  // As when peers speak: the deadline moves, and what it was has cost no timer.
  for (const task of tasks.slice(1)) task.at = (task.at ?? 0) + 4000;
  clock.advance(20_000);
  expect(tasks.map(({ ran }) => ran)).toEqual([[5012.25], [9037.5], [9099.75]]);
  expect(timers).toEqual([5000, 5012.25, 9000, 9037.5, 9099.75]);
});
