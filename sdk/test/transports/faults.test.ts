import { expect, test } from "vitest";
import { CloseCode } from "../../src/core/index.ts";
import { createRuntime, type Link } from "../../src/driver/index.ts";
import { platformClock } from "../../src/memory/clock.ts";
import { linkPair } from "../../src/memory/index.ts";
import {
  faultySink,
  type LinkFault,
  linkFaults,
  transportCases,
  transportSuite,
} from "../../src/testing/index.ts";

const MOST = 70_000;

/** The memory link, with a limit as the links of octets have one. */
const limited = (link: Link): Link =>
  faultySink(link, (sink) => ({
    onFrame: (frame) =>
      frame.length > MOST ? sink.onViolation(CloseCode.FRAME_TOO_LARGE, "") : sink.onFrame(frame),
  }));

/** Runs the suite with a runner of ten lines, and returns the cases that failed, with their reasons. */
async function failures(fault: LinkFault): Promise<Map<string, string>> {
  const cases: [string, () => Promise<void>][] = [];
  transportSuite(
    {
      name: "broken",
      setup: async () => {
        const broken = fault();
        return {
          links: async () => {
            const [a, b] = linkPair({ latencyMs: 1 });
            return [broken(limited(a)), broken(limited(b))];
          },
          close: async () => {},
        };
      },
      capabilities: { maxFrameBytes: MOST },
      runtime: createRuntime(platformClock),
      patienceMs: 10_000,
    },
    { describe: (_, body) => body(), it: (name, body) => void cases.push([name, body]) },
  );
  const failed = new Map<string, string>();
  const run = async ([name, body]: (typeof cases)[0]) => {
    await body().catch((error) => failed.set(name, String(error)));
  };
  await Promise.all(cases.map(run));
  return failed;
}

/** Which cases notice which fault: exactly these. */
const expected: Record<string, string[]> = {
  "swaps frames": ["frames arrive one for one and in order, both ways"],
  "loses what comes before start": ["frames that arrive before start are held"],
  "says the end within close": [
    "nothing is delivered within a call of one's own",
    "onClose comes once and last: closed here",
    "onClose comes once and last: closed by the peer, and it is not an error",
  ],
  "says there is room after the end": ["send after close is false and does nothing"],
  "forgets on close what still waits": [
    "send after close is false and does nothing",
    "close sends what was sent before it",
    "abort does not wait for a peer that does not read",
    "onClose comes once and last: closed by the peer, and it is not an error",
    "a peer that does not read is felt: send is false, and onDrain follows when it reads",
    "pause stops delivery, and resume goes on with nothing lost",
    "octetsSent grows as the peer takes",
    "the code and the reason of a close arrive",
  ],
  "aborts only when there is room": ["abort does not wait for a peer that does not read"],
  "cannot be aborted before start": ["a link that was never started can be aborted"],
  "says the end twice": [
    "nothing is delivered within a call of one's own",
    "send after close is false and does nothing",
    "close sends what was sent before it",
    "abort does not wait for a peer that does not read",
    "a link that was never started can be aborted",
    "onClose comes once and last: closed here",
    "onClose comes once and last: aborted here",
    "onClose comes once and last: closed by the peer, and it is not an error",
    "onClose comes once and last: aborted by the peer",
  ],
  "goes on after the end": [
    "nothing is delivered within a call of one's own",
    "send after close is false and does nothing",
    "close sends what was sent before it",
    "abort does not wait for a peer that does not read",
    "a link that was never started can be aborted",
    "onClose comes once and last: closed here",
    "onClose comes once and last: aborted here",
    "onClose comes once and last: closed by the peer, and it is not an error",
    "onClose comes once and last: aborted by the peer",
  ],
  "never tells its own end": [
    "send after close is false and does nothing",
    "close sends what was sent before it",
    "abort does not wait for a peer that does not read",
    "onClose comes once and last: closed here",
    "onClose comes once and last: aborted here",
  ],
  "takes its own end for a failure": [
    "onClose comes once and last: closed here",
    "onClose comes once and last: aborted here",
  ],
  "takes a close of the peer for a failure": [
    "onClose comes once and last: closed by the peer, and it is not an error",
  ],
  "takes an abort of the peer for its own": [
    "a link that was never started can be aborted",
    "onClose comes once and last: aborted by the peer",
  ],
  "never says that it is full": [
    "send after close is false and does nothing",
    "abort does not wait for a peer that does not read",
    "a peer that does not read is felt: send is false, and onDrain follows when it reads",
    "pause stops delivery, and resume goes on with nothing lost",
    "octetsSent grows as the peer takes",
  ],
  "never says that there is room again": [
    "a peer that does not read is felt: send is false, and onDrain follows when it reads",
    "messages of all lengths: none, a chunk, a chunk and one, several MiB",
  ],
  "does not pause": [
    "abort does not wait for a peer that does not read",
    "a peer that does not read is felt: send is false, and onDrain follows when it reads",
    "pause stops delivery, and resume goes on with nothing lost",
    "octetsSent grows as the peer takes",
  ],
  "does not resume": [
    "a peer that does not read is felt: send is false, and onDrain follows when it reads",
    "pause stops delivery, and resume goes on with nothing lost",
    "octetsSent grows as the peer takes",
  ],
  "counts no octets": ["octetsSent grows as the peer takes"],
  "has no limit": ["a frame beyond the limit is a violation, FRAME_TOO_LARGE"],
  "mixes links up": ["50 links at once do not mix"],
  "loses full chunks": [
    "a frame beyond the limit is a violation, FRAME_TOO_LARGE",
    "messages of all lengths: none, a chunk, a chunk and one, several MiB",
  ],
  "loses heartbeats": ["one side's heartbeat-time is enough, whichever side it is"],
  "loses the Close": ["the code and the reason of a close arrive"],
  "takes anything for life": ["a silent peer is down, and not before the deadline"],
};

test("an unbroken link passes", async () => {
  expect(await failures(() => (link) => link)).toEqual(new Map());
}, 60_000);

test.concurrent.each(Object.entries(linkFaults))(
  "a link that %s fails exactly these cases",
  async (name, fault) => {
    const failed = await failures(fault);
    const reasons = JSON.stringify([...failed], null, 2);
    expect([...failed.keys()].sort(), reasons).toEqual([...(expected[name] ?? [])].sort());
  },
  120_000,
);

test("every case notices some fault", () => {
  const noticed = new Set(Object.values(expected).flat());
  const needsProcess = /^a stall of this process|^20 peers/;
  expect(transportCases.filter((name) => !noticed.has(name) && !needsProcess.test(name))).toEqual(
    [],
  );
});
