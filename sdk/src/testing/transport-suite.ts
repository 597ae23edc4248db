import { CloseCode } from "../core/index.ts";
import {
  type Link,
  type Runtime,
  Session,
  type SessionEvent,
  type SessionOptions,
} from "../driver/index.ts";
import { check, DONE, numbered, numberOf, pass, Recorder, same, within } from "./suite-tools.ts";

/** Links whose other ends are sessions in a process of their own, passive unless `options` say otherwise. */
export interface RemotePeers {
  readonly links: readonly Link[];
  /** The process stands still from now on, as after SIGSTOP. */
  freeze(): void;
  close(): Promise<void>;
}

/** What a transport provides for one case. */
export interface TransportFixture {
  /** One more link that is established: the end that dialled and the one that accepted, neither started. */
  links(): Promise<readonly [Link, Link]>;
  /** So many links to another process; needed for {@link TransportCapabilities.peerProcess}. */
  peers?(count: number): Promise<RemotePeers>;
  close(): Promise<void>;
}

/** What can be asked of a transport. */
export interface TransportCapabilities {
  /** The longest frame its links of {@link TransportFixture.links} accept, if they look. */
  readonly maxFrameBytes?: number | undefined;
  /** Its accepting end, told to close, waits for the other to do so first [PW-GRPC-6]. */
  readonly acceptorWaits?: boolean | undefined;
  /** Its fixture has `peers`. */
  readonly peerProcess?: boolean | undefined;
}

/** A transport to be tried. */
export interface TransportSuiteOptions {
  readonly name: string;
  /** Called for each case anew: cases share nothing. */
  setup(): Promise<TransportFixture>;
  readonly capabilities: TransportCapabilities;
  /** What sessions run on. */
  readonly runtime: Runtime;
  /** For how long to wait for what must happen, in ms. Default 10000. */
  readonly patienceMs?: number | undefined;
}

/** The two words of every test runner. */
export interface TransportSuiteRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>, timeoutMs: number): void;
}

interface Bench {
  readonly fixture: TransportFixture;
  readonly runtime: Runtime;
  readonly patienceMs: number;
  readonly capabilities: TransportCapabilities;
}

interface Case {
  readonly needs?: "maxFrameBytes" | "peerProcess";
  run(bench: Bench): Promise<void>;
}

const CHUNK = 65_536;
/** More than any buffer on the way holds. */
const MOST_CHUNKS = 1024;

async function recorded({ fixture, patienceMs }: Bench) {
  const [a, b] = await fixture.links();
  return { a, b, atA: Recorder.on(a, patienceMs), atB: Recorder.on(b, patienceMs) };
}

/**
 * Sends until the transport has no room, and none comes: the peer does not
 * read. Returns how many frames that took.
 */
async function jam(link: Link, at: Recorder, from = 0): Promise<number> {
  for (let sent = 1; sent <= MOST_CHUNKS; sent += 1) {
    const { drains } = at;
    if (link.send(numbered(from + sent - 1, CHUNK))) continue;
    // What the transport moves on at once leaves room again.
    for (let waited = 0; waited < 150 && at.drains === drains; waited += 5) await pass(5);
    if (at.drains === drains) return sent;
  }
  throw new Error("64 MiB went to a peer that does not read: there is no back-pressure");
}

async function sessions(bench: Bench, optionsA: SessionOptions, optionsB: SessionOptions) {
  const [linkA, linkB] = await bench.fixture.links();
  const events: { readonly a: SessionEvent[]; readonly b: SessionEvent[] } = { a: [], b: [] };
  const a = Session.open(
    linkA,
    { ...optionsA, onEvent: (event) => void events.a.push(event) },
    bench.runtime,
  );
  const b = Session.open(
    linkB,
    { ...optionsB, onEvent: (event) => void events.b.push(event) },
    bench.runtime,
  );
  return { a, b, events };
}

async function next(session: Session, { patienceMs }: Bench): Promise<Uint8Array> {
  const { value } = await within(
    session[Symbol.asyncIterator]().next(),
    patienceMs,
    "message of the peer",
  );
  check(value !== undefined, `the session ended: ${JSON.stringify(session.end)}`);
  return value;
}

async function eventually(holds: () => boolean, patienceMs: number, what: string): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!holds()) {
    check(performance.now() < until, `within ${patienceMs} ms there was no ${what}`);
    await pass(10);
  }
}

/** Nothing else of this process runs for `ms`. */
function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Short enough for a test, long enough for a busy machine: the deadline is 1000 ms. */
const BRISK = { heartbeatTimeMs: 500, heartbeatSlackTimeMs: 500 } as const;

const cases: Record<string, Case> = {
  "frames arrive one for one and in order, both ways": {
    async run(bench) {
      const { a, b, atA, atB } = await recorded(bench);
      const lengths = [4, 5, 127, 128, 1000, 16_383, 16_384, CHUNK];
      for (let number = 0; number < 200; number += 1) {
        const length = lengths[number % lengths.length];
        a.send(numbered(number, length));
        b.send(numbered(number, length));
      }
      for (const at of [atA, atB]) {
        await at.until(() => at.frames.length >= 200, "200 frames");
        same(at.frames.length, 200, "frames");
        at.frames.forEach((frame, number) => {
          same(numberOf(frame), number, "the number of the frame");
          same(frame.length, lengths[number % lengths.length], "its length");
        });
      }
    },
  },
  "frames that arrive before start are held": {
    async run({ fixture, patienceMs }) {
      const [a, b] = await fixture.links();
      const atA = Recorder.on(a, patienceMs);
      for (let number = 0; number < 20; number += 1) a.send(numbered(number));
      await pass(100);
      const atB = Recorder.on(b, patienceMs);
      await atB.until(() => atB.frames.length >= 20, "frames sent before start");
      atB.frames.forEach((frame, number) => {
        same(numberOf(frame), number, "the number of the frame");
      });
      same(atA.ends.length, 0, "ends");
    },
  },
  "nothing is delivered within a call of one's own": {
    async run({ fixture, patienceMs }) {
      const [a, b] = await fixture.links();
      const atA = new Recorder(patienceMs);
      b.send(numbered(1));
      await pass(50);
      a.start(atA);
      same(atA.frames.length, 0, "frames within start");
      const atB = Recorder.on(b, patienceMs);
      a.send(numbered(1));
      same(atB.frames.length, 0, "frames within the send of the peer");
      await atB.until(() => atB.frames.length === 1, "frame");
      a.close(DONE);
      same(atA.ends.length + atB.ends.length, 0, "ends within close");
      await atB.ended();
    },
  },
  "send after close is false and does nothing": {
    async run(bench) {
      const { a, b, atA, atB } = await recorded(bench);
      a.send(numbered(0));
      a.close(DONE);
      same(a.send(numbered(1)), false, "send after close");
      a.close(DONE);
      await atB.ended();
      b.close(DONE);
      same(b.send(numbered(2)), false, "send after the end");
      await atA.ended();
      same(a.send(numbered(3)), false, "send after the end");
      a.abort(DONE);
      await pass(50);
      same(atA.ends.length, 1, "ends after a second close and an abort");
      same(atB.frames.map(numberOf).join(), "0", "frames that arrived");
    },
  },
  "close sends what was sent before it": {
    async run(bench) {
      const { a, atA, atB, b } = await recorded(bench);
      for (let number = 0; number < 100; number += 1) a.send(numbered(number, CHUNK));
      a.close(DONE);
      await atB.until(() => atB.ends.length > 0, "onClose at the peer");
      same(atB.frames.length, 100, "frames before the end");
      same(numberOf(atB.frames[99]), 99, "the last frame");
      b.close(DONE);
      await atA.ended();
    },
  },
  "abort does not wait for a peer that does not read": {
    async run(bench) {
      const { a, b, atA } = await recorded(bench);
      b.pause();
      await jam(a, atA);
      a.abort(DONE);
      await within(atA.ended(), 1000, "onClose soon after abort");
      same(a.send(numbered(1)), false, "send after abort");
      b.abort(DONE);
    },
  },
  "a link that was never started can be aborted": {
    async run({ fixture, patienceMs }) {
      const [a, b] = await fixture.links();
      const atB = Recorder.on(b, patienceMs);
      a.abort(DONE);
      const end = await atB.ended();
      check(end.kind !== "local", "the peer of an aborted link calls the end its own");
    },
  },
  "onClose comes once and last: closed here": {
    async run(bench) {
      const { a, b, atA, atB } = await recorded(bench);
      b.send(numbered(1));
      a.close(DONE);
      await atB.until(() => atB.ends.length > 0, "onClose at the peer");
      b.close(DONE);
      // Both have closed: whose end it is, is a matter of who is asked.
      check((await atA.ended()).kind !== "lost", "its own end is a failure");
    },
  },
  "onClose comes once and last: aborted here": {
    async run(bench) {
      const { a, b, atA } = await recorded(bench);
      b.send(numbered(1));
      a.abort(DONE);
      same((await atA.ended()).kind, "local", "the end");
    },
  },
  "onClose comes once and last: closed by the peer, and it is not an error": {
    async run(bench) {
      const { a, b, atA, atB } = await recorded(bench);
      const isTurned = bench.capabilities.acceptorWaits === true;
      const [here, there, atHere] = isTurned ? [b, a, atB] : [a, b, atA];
      there.send(numbered(1));
      there.close(DONE);
      await atHere.until(() => atHere.ends.length > 0, "onClose");
      here.close(DONE);
      same((await atHere.ended()).kind, "peer-closed", "the end");
      same(atHere.frames.length, 1, "frames before it");
    },
  },
  "onClose comes once and last: aborted by the peer": {
    async run(bench) {
      const { atA, b, a } = await recorded(bench);
      b.abort(DONE);
      const { kind } = await atA.ended();
      check(kind === "lost" || kind === "peer-closed", `the end is ${kind}`);
      a.abort(DONE);
    },
  },
  "a peer that does not read is felt: send is false, and onDrain follows when it reads": {
    async run(bench) {
      const { a, b, atA, atB } = await recorded(bench);
      b.pause();
      const sent = await jam(a, atA);
      const drains = atA.drains;
      b.resume();
      await atA.until(() => atA.drains > drains, "onDrain");
      await atB.until(() => atB.frames.length === sent, "what was sent");
    },
  },
  "pause stops delivery, and resume goes on with nothing lost": {
    async run(bench) {
      const { a, b, atA, atB } = await recorded(bench);
      a.send(numbered(0));
      await atB.until(() => atB.frames.length === 1, "frame");
      same(b.pause(), true, "pause");
      const sent = 1 + (await jam(a, atA, 1));
      // What was read before the pause may still come, but no more than a little.
      check(atB.frames.length < 40, `${atB.frames.length} frames were delivered in a pause`);
      const before = atB.frames.length;
      await pass(100);
      same(atB.frames.length, before, "frames in a pause");
      b.resume();
      await atB.until(() => atB.frames.length >= sent, "the rest");
      atB.frames.forEach((frame, number) => {
        same(numberOf(frame), number, "the number of the frame");
      });
      same(atB.frames.length, sent, "frames");
    },
  },
  "octetsSent grows as the peer takes": {
    async run(bench) {
      const { a, b, atA, atB } = await recorded(bench);
      const before = a.octetsSent();
      a.send(numbered(1, 1000));
      await atB.until(() => atB.frames.length === 1, "frame");
      await eventually(() => a.octetsSent() > before, bench.patienceMs, "growth of octetsSent");
      b.pause();
      await jam(a, atA);
      const stuck = a.octetsSent();
      await pass(100);
      same(a.octetsSent(), stuck, "octetsSent while the peer takes nothing");
      b.resume();
      await eventually(() => a.octetsSent() > stuck, bench.patienceMs, "growth of octetsSent");
    },
  },
  "a frame beyond the limit is a violation, FRAME_TOO_LARGE": {
    needs: "maxFrameBytes",
    async run(bench) {
      const { a, b, atB } = await recorded(bench);
      const most = bench.capabilities.maxFrameBytes ?? 0;
      a.send(numbered(1, most));
      await atB.until(() => atB.frames.length === 1, "frame of exactly the limit");
      a.send(numbered(2, most + 1));
      await atB.until(() => atB.violations.length > 0, "onViolation");
      same(atB.violations.join(), String(CloseCode.FRAME_TOO_LARGE), "the violation");
      same(atB.frames.length, 1, "frames");
      b.close({ code: CloseCode.FRAME_TOO_LARGE, reason: "" });
    },
  },
  "50 links at once do not mix": {
    async run(bench) {
      const links = await Promise.all(Array.from({ length: 50 }, () => recorded(bench)));
      links.forEach(({ a, b }, number) => {
        a.send(numbered(number));
        b.send(numbered(1000 + number));
      });
      await Promise.all(
        links.map(async ({ atA, atB }, number) => {
          await atB.until(() => atB.frames.length > 0, "frame");
          await atA.until(() => atA.frames.length > 0, "frame");
          same(atB.frames.map(numberOf).join(), String(number), "the frame");
          same(atA.frames.map(numberOf).join(), String(1000 + number), "the frame");
        }),
      );
    },
  },
  "messages of all lengths: none, a chunk, a chunk and one, several MiB": {
    async run(bench) {
      const { a, b } = await sessions(bench, {}, {});
      const lengths = [0, 1, CHUNK, CHUNK + 1, 0, 5_000_001];
      const sending = (async () => {
        for (const length of lengths) {
          const message = new Uint8Array(length);
          for (let at = 0; at < length; at += 1009) message[at] = at % 251;
          a.send(message);
          await a.drained();
        }
      })();
      for (const length of lengths) {
        const message = await next(b, bench);
        same(message.length, length, "the length of the message");
        for (let at = 0; at < length; at += 1009) same(message[at], at % 251, `octet ${at}`);
      }
      await sending;
      a.close();
    },
  },
  "one side's heartbeat-time is enough, whichever side it is": {
    async run(bench) {
      // With the usual slack: a busy machine is not the subject, and a short one ends both.
      const configured = { heartbeatTimeMs: BRISK.heartbeatTimeMs };
      for (const [optionsA, optionsB] of [
        [configured, { minHeartbeatTimeMs: 100 }],
        [{ minHeartbeatTimeMs: 100 }, configured],
      ] as const) {
        const { a, b, events } = await sessions(bench, optionsA, optionsB);
        await eventually(
          () => a.peerHeartbeatTimeMs === 500 && b.peerHeartbeatTimeMs === 500,
          bench.patienceMs,
          "adoption",
        );
        same(a.heartbeatTimeMs, 500, "E");
        same(b.heartbeatTimeMs, 500, "E");
        const beats = (of: SessionEvent[]) =>
          of.filter(({ type }) => type === "heartbeat-received").length;
        await eventually(
          () => beats(events.a) >= 4 && beats(events.b) >= 4,
          bench.patienceMs,
          "heartbeats both ways",
        );
        same(a.end ?? b.end, undefined, "an end");
        await Promise.all([a.close(), b.close()]);
      }
    },
  },
  "the code and the reason of a close arrive": {
    async run(bench) {
      const { a, b } = await sessions(bench, {}, {});
      a.send("last words");
      a.close({ code: CloseCode.UPSTREAM_LOST, reason: "gone", retryAfterMs: 1234 });
      const end = await within(b.closed, bench.patienceMs, "end");
      check(end.kind === "closed" && end.by === "remote", `the end is ${end.kind}`);
      same(end.code, CloseCode.UPSTREAM_LOST, "code");
      same(end.reason, "gone", "reason");
      same(end.retryAfterMs, 1234, "retryAfterMs");
      same(new TextDecoder().decode(await next(b, bench)), "last words", "the message before it");
      const own = await within(a.closed, bench.patienceMs, "own end");
      check(own.kind === "closed" && own.by === "local", `the end is ${own.kind}`);
    },
  },
  "a silent peer is down, and not before the deadline": {
    async run(bench) {
      const [link, silent] = await bench.fixture.links();
      Recorder.on(silent, bench.patienceMs);
      const opened = performance.now();
      const session = Session.open(link, BRISK, bench.runtime);
      const end = await within(session.closed, bench.patienceMs, "verdict");
      if (end.kind !== "peer-silent") return check(false, `the end was ${end.kind}`);
      const after = performance.now() - opened;
      check(after >= 999, `down after ${after} ms, before the deadline of 1000`);
      // How late a busy machine judges says nothing of the link; what was taken for life does.
      const heardAt = after - end.evidence.silentForMs;
      check(heardAt < 500, `the peer said nothing, and life was reported after ${heardAt} ms`);
      silent.abort(DONE);
    },
  },
  "a stall of this process kills none of 20 peers that beat meanwhile": {
    needs: "peerProcess",
    async run(bench) {
      const peers = await bench.fixture.peers?.(20);
      check(peers !== undefined, "no peers");
      const open: Session[] = [];
      for (const link of peers.links) {
        open.push(Session.open(link, BRISK, bench.runtime));
        await pass(23); // so that they are in different phases of their periods
      }
      await eventually(
        () => open.every((session) => session.peerHeartbeatTimeMs === 500),
        bench.patienceMs,
        "adoption",
      );
      // Far beyond the deadline, and a little: a late judgement of the one is pardoned anyway.
      for (const ms of [2000, 1150, 1300]) {
        stall(ms);
        await pass(700);
        const ends = open.filter(({ end }) => end !== undefined).map(({ end }) => end?.kind);
        same(ends.join(), "", `ends after a stall of ${ms} ms`);
      }
      for (const session of open) session.abort();
      await peers.close();
    },
  },
  "20 peers whose process stands still are found in bounded time, stalls or not": {
    needs: "peerProcess",
    async run(bench) {
      const peers = await bench.fixture.peers?.(20);
      check(peers !== undefined, "no peers");
      const open = peers.links.map((link) => Session.open(link, BRISK, bench.runtime));
      await eventually(
        () => open.every((session) => session.peerHeartbeatTimeMs === 500),
        bench.patienceMs,
        "adoption",
      );
      peers.freeze();
      const frozen = performance.now();
      const found = open.map(async (session) => {
        const { kind } = await session.closed;
        return { kind, after: performance.now() - frozen };
      });
      for (const ms of [800, 800]) {
        await pass(50);
        stall(ms);
      }
      for (const { kind, after } of await within(Promise.all(found), 5000, "verdict")) {
        same(kind, "peer-silent", "the end");
        // The deadline, the delay of a stall, one slack, and a second for a busy machine.
        check(after < 1000 + 2 * 800 + 500 + 1000, `found after ${after} ms`);
      }
      await peers.close();
    },
  },
};

/** The names of the cases, in order. */
export const transportCases: readonly string[] = Object.keys(cases);

/**
 * What every transport has to do, in real time. Only the two words of a runner
 * are needed, so any runner will do:
 *
 * ```ts
 * transportSuite({ name: "memory", setup, capabilities: {}, runtime }, { describe, it });
 * ```
 */
export function transportSuite(
  options: TransportSuiteOptions,
  { describe, it }: TransportSuiteRunner,
): void {
  const { name, setup, capabilities, runtime, patienceMs = 10_000 } = options;
  describe(`transport ${name}`, () => {
    for (const [what, { needs, run }] of Object.entries(cases)) {
      if (needs !== undefined && !capabilities[needs]) continue;
      it(
        what,
        async () => {
          const fixture = await setup();
          try {
            await run({ fixture, runtime, patienceMs, capabilities });
          } finally {
            await fixture.close();
          }
        },
        3 * patienceMs + 10_000,
      );
    }
  });
}
