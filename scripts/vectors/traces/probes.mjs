// Suspicion, probes and answers: section 7 of the protocol.
import { data, hb, PROBE, receive, trace } from "../script.mjs";

const FIVE = { heartbeat_time_ms: 5000, slack_ms: 2000 };
const PASSIVE = { slack_ms: 2000 };

export const PROBES = [
  trace(
    "suspect",
    "a peer silent for E and half the slack is asked, and is down with the whole slack",
    "PRB-1 LIV-3 LIV-5",
    {
      config: FIVE,
      inputs: [[1000, receive(hb(5000))]],
      until: 30_000,
    },
  ),
  trace("suspect-once", "in one silence there is one probe, however long it lasts", "PRB-1", {
    config: { heartbeat_time_ms: 5000, slack_ms: 12_000 },
    until: 30_000,
  }),
  trace(
    "suspect-again",
    "what the peer says ends the suspicion, and a new silence has a probe of its own",
    "PRB-5 PRB-1",
    {
      config: FIVE,
      inputs: [[6500, receive(hb(5000))]],
      until: 30_000,
    },
  ),
  trace("suspect-until-octets", "octets of an unfinished frame end the suspicion", "PRB-5 LIV-1", {
    needs: ["octets"],
    config: FIVE,
    inputs: [[6500, { in: "octets" }]],
    until: 13_200,
  }),
  trace(
    "answer-passive",
    "a passive side answers without a heartbeat-time and stays passive",
    "PRB-2 PRB-4 SND-9",
    {
      config: PASSIVE,
      inputs: [[1000, receive(hb(undefined, PROBE))]],
      until: 600_000,
    },
  ),
  trace("answer-configured", "a configured side answers with its E", "PRB-2 PRB-4 HBT-1", {
    config: FIVE,
    inputs: [[1000, receive(hb(60_000, PROBE))]],
    until: 4700,
  }),
  trace("answer-adopted", "a side that adopted answers with what it uses", "PRB-2 ADP-5", {
    config: PASSIVE,
    inputs: [
      [100, receive(hb(5000))],
      [1000, receive(hb(undefined, PROBE))],
    ],
    until: 4700,
  }),
  trace(
    "answers-shared",
    "probes within 100 ms share the next answer, sent when they are over",
    "PRB-3 PRB-2",
    {
      config: PASSIVE,
      inputs: [
        [1000, receive(hb(undefined, PROBE))],
        [1030, receive(hb(undefined, PROBE))],
        [1060, receive(hb(undefined, PROBE))],
        [1099, receive(hb(undefined, PROBE))],
      ],
      until: 600_000,
    },
  ),
  trace(
    "answers-apart",
    "a probe more than 100 ms after the answer has its own at once",
    "PRB-3 PRB-2",
    {
      config: PASSIVE,
      inputs: [
        [1000, receive(hb(undefined, PROBE))],
        [1101, receive(hb(undefined, PROBE))],
        [1110, receive(hb(undefined, PROBE))],
        [1400, receive(hb(undefined, PROBE))],
      ],
      until: 600_000,
    },
  ),
  trace("answers-to-a-flood", "a hundred probes at once have two answers", "PRB-3", {
    config: PASSIVE,
    inputs: [[1000, receive(hb(undefined, PROBE), 100)]],
    until: 600_000,
  }),
  trace(
    "no-answer",
    "a heartbeat that asks for nothing and changes nothing gets no answer",
    "SND-10",
    {
      config: PASSIVE,
      inputs: [
        [1000, receive(hb())],
        [1500, receive(hb(0))],
        [2000, receive(data("hello"))],
      ],
      until: 600_000,
    },
  ),
  trace(
    "probe-by-application-passive",
    "the application of a passive side probes: no heartbeat-time",
    "SND-9 PRB-2",
    {
      needs: ["probe"],
      config: PASSIVE,
      inputs: [
        [1000, { in: "probe" }],
        [1010, receive(hb())],
      ],
      until: 600_000,
    },
  ),
  trace(
    "probe-by-application",
    "the application of a configured side probes: a beat like others",
    "HBT-1 SND-4",
    {
      needs: ["probe"],
      config: FIVE,
      inputs: [[1000, { in: "probe" }]],
      until: 4700,
    },
  ),
  trace(
    "probe-beside-suspicion",
    "a probe of the application does not take the place of the one for suspicion",
    "PRB-1",
    {
      needs: ["probe"],
      config: FIVE,
      inputs: [[3000, { in: "probe" }]],
      until: 6900,
    },
  ),
];
