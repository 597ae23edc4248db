/**
 * Which cases suit a peer as it is, and by which unit of time.
 *
 * A case is written for a peer that can be configured. One that cannot suits it
 * if all that the case sets is so by itself, at some length of the unit, and if
 * nothing has to be commanded.
 */
import { TESTEE_DEFAULTS } from "../cases/load.ts";
import type { CaseSpec, CheckSpec, FrameMatch, FrameSketch, TesteeSketch } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import type { Fit } from "../runner/plan.ts";
import { DEFAULT_FLOOR_MS, DEFAULT_SLACK_MS, type PeerProfile } from "./profile.ts";

const LEAST_FLOOR_MS = 100;
const CEILING_MS = 3_600_000;
const MIN_UNIT_MS = 100;
const MAX_UNIT_MS = 10_000;
/** So many units of slack mean: it does not matter, if only it is large. */
const AMPLE_SLACK_UNITS = 50;

/** Keys of a configuration that show nowhere, so that they cannot be compared. */
const UNSEEN_KEYS = [
  "always_beat",
  "peer_heartbeats",
  "max_frame_bytes",
  "max_message_bytes",
  "first_frame_timeout",
  "max_unread_bytes",
  "read",
  "stream",
] as const satisfies readonly (keyof TesteeSketch)[];

/** The unit that suits most cases: one unit is the least that the peer adopts. */
export function baseUnitMs({ floorMs }: PeerProfile): number {
  return Math.min(MAX_UNIT_MS, Math.max(MIN_UNIT_MS, floorMs));
}

/** How a case is run against this peer; `unitMs` if the user wants that and no other. */
export function fitCase(spec: CaseSpec, peer: PeerProfile, unitMs: number | undefined): Fit {
  const why = neverSuits(spec, peer);
  if (why !== undefined) return { why };
  const units = [baseUnitMs(peer), ...suggestedUnits(spec.testee, peer)];
  const wanted = unitMs === undefined ? units : [unitMs];
  for (const unit of wanted)
    if (mismatch(spec, peer, unit) === undefined)
      return { unitMs: unit, ...life(spec, peer, unit) };
  const other = units.find((unit) => mismatch(spec, peer, unit) === undefined);
  const advice = other === undefined ? "" : `, or use --unit ${other}`;
  return { why: `${mismatch(spec, peer, wanted[0] ?? MIN_UNIT_MS)}${advice}` };
}

/** What no unit can change. */
function neverSuits(spec: CaseSpec, peer: PeerProfile): string | undefined {
  const { testee, steps, features } = spec;
  if (features.length > 0)
    return `needs the feature ${features.join(", ")}, which only a testee can claim: use --testee`;
  for (const step of steps) {
    if (step.verb !== "connect") continue;
    const { refused_config, may_refuse } = step.args;
    if (refused_config !== undefined || may_refuse === true)
      return "needs to start the peer with a configuration that it must or may refuse: use --testee";
  }
  const command = steps.find((step) => step.verb === "testee");
  if (command?.verb === "testee")
    return `needs to tell the peer's application to ${Object.keys(command.args)[0]}: use --testee`;
  const unseen = UNSEEN_KEYS.find((key) => testee[key] !== undefined);
  if (unseen !== undefined)
    return `needs a peer with ${unseen} ${JSON.stringify(testee[unseen])}, which cannot be seen from outside: use --testee`;
  if (testee.reply !== undefined && testee.reply !== peer.reply)
    return `needs an application that ${testee.reply === "echo" ? "sends back each message" : "answers each message with its length"}: start the peer so, and say --peer-reply ${testee.reply}`;
  if (peer.talks && (watchesRhythm(spec) || watchesData(spec)))
    return "needs a peer that sends no data of its own accord";
  const isAnswered = peer.reply !== undefined && testee.reply === undefined && sendsData(spec);
  if (isAnswered && answersDisturb(spec))
    return "needs a peer whose application does not answer data";
  if (peer.role === "dial" && connectsTwiceAtOnce(spec))
    return "needs two connections at once, and this peer dials one after another";
  return undefined;
}

/** What is not as the case has it at this unit; undefined if all is. */
function mismatch(spec: CaseSpec, peer: PeerProfile, unitMs: number): string | undefined {
  const { testee } = spec;
  const time = (text: string): number => Math.round(parseTime(text, unitMs));
  const { heartbeatTimeMs, slackMs, floorMs, said } = peer;

  const wantsTime = testee.heartbeat_time === undefined ? undefined : time(testee.heartbeat_time);
  if (wantsTime === undefined && heartbeatTimeMs !== undefined && watchesRhythm(spec))
    return `needs a passive peer, and this one has a heartbeat-time of ${heartbeatTimeMs} ms: start it without`;
  if (wantsTime !== undefined && wantsTime !== heartbeatTimeMs)
    return `needs a heartbeat-time of ${wantsTime} ms, and this peer ${heartbeatTimeMs === undefined ? "is passive" : `has ${heartbeatTimeMs} ms`}: start it so`;

  const slack = testee.slack ?? "default";
  const wantsSlack = slack === "default" ? DEFAULT_SLACK_MS : time(slack);
  const slackFits = slack === "default" && !said.slack ? true : wantsSlack === slackMs;
  if (!isAmple(slack) && !slackFits)
    return `needs a slack of ${wantsSlack} ms, and this peer's is ${said.slack ? "said to be" : "taken as"} ${slackMs} ms: start it so and say --peer-slack ${wantsSlack}`;

  const floor = testee.floor ?? "default";
  const wantsFloor = floor === "default" ? DEFAULT_FLOOR_MS : time(floor);
  // By default the floor of a case is as low as it can be, so that it is in nobody's way.
  const isSubject = floor !== TESTEE_DEFAULTS.floor;
  if (isSubject && !(floor === "default" && !said.floor) && wantsFloor !== floorMs)
    return `needs a floor of ${wantsFloor} ms, and this peer's is ${floorMs} ms: start it so and say --peer-floor ${wantsFloor}`;
  const least = Math.min(floorMs, heartbeatTimeMs ?? Number.POSITIVE_INFINITY);
  const below = heartbeatsOf(spec, unitMs).find((sent) => sent < least);
  if (!isSubject && wantsFloor !== floorMs && below !== undefined)
    return `sends a heartbeat-time of ${below} ms, and this peer adopts nothing below ${least} ms: start it with a floor of ${Math.max(LEAST_FLOOR_MS, below)} ms`;
  return undefined;
}

/** Units at which what the case sets would be what the peer has. */
function suggestedUnits(
  { heartbeat_time, slack, floor }: TesteeSketch,
  peer: PeerProfile,
): number[] {
  const pairs: readonly (readonly [string | undefined, number | undefined])[] = [
    [heartbeat_time, peer.heartbeatTimeMs],
    [slack === undefined || isAmple(slack) ? undefined : slack, peer.slackMs],
    [floor, peer.floorMs],
  ];
  return pairs
    .map(([text, has]) => (has ?? Number.NaN) / Number(/^([\d.]+)u$/.exec(text ?? "")?.[1]))
    .filter((unit) => Number.isInteger(unit) && unit >= MIN_UNIT_MS && unit <= MAX_UNIT_MS);
}

function isAmple(slack: string): boolean {
  return Number(/^([\d.]+)u$/.exec(slack)?.[1]) >= AMPLE_SLACK_UNITS;
}

/**
 * How often the peer must hear something in a case that is not about its
 * deadline: so often that it never becomes suspicious.
 */
function life(spec: CaseSpec, peer: PeerProfile, unitMs: number): { lifeEveryMs?: number } {
  if (!isAmple(spec.testee.slack ?? "default") || mindsReading(spec)) return {};
  const least = Math.min(peer.floorMs, peer.heartbeatTimeMs ?? Number.POSITIVE_INFINITY);
  const adopted = heartbeatsOf(spec, unitMs).map((sent) => Math.max(sent, least));
  const times = [...adopted, ...(peer.heartbeatTimeMs === undefined ? [] : [peer.heartbeatTimeMs])];
  if (times.length === 0) return {};
  // The peer is suspicious when its heartbeat-time and half its slack have passed [PW-PRB-1].
  return { lifeEveryMs: Math.round((Math.min(...times) + peer.slackMs / 2) / 2) };
}

/** The harness stops reading: whatever it sends meanwhile would belong to the case. */
function mindsReading({ steps }: CaseSpec): boolean {
  return steps.some(
    (step) =>
      step.verb === "pause" ||
      step.verb === "sip" ||
      (step.verb === "connect" && step.args.paused === true),
  );
}

function framesOf({ steps }: CaseSpec): FrameSketch[] {
  return steps.flatMap((step): readonly FrameSketch[] => {
    switch (step.verb) {
      case "send":
        return [step.args];
      case "join":
        return step.args;
      case "burst":
      case "beat":
      case "repeat":
      case "slice":
        return [step.args.frame];
      default:
        return [];
    }
  });
}

/** The heartbeat-times greater than 0 that the case sends, as they are read, in milliseconds. */
function heartbeatsOf(spec: CaseSpec, unitMs: number): number[] {
  return framesOf(spec)
    .map(({ heartbeat }) => heartbeat)
    .filter((heartbeat) => heartbeat !== undefined && heartbeat !== "none")
    .map((heartbeat) => Math.round(parseTime(heartbeat as string, unitMs)))
    .filter((sent) => sent > 0)
    .map((sent) => Math.min(sent, CEILING_MS));
}

function sendsData(spec: CaseSpec): boolean {
  return framesOf(spec).some(
    ({ data, data_bytes }) => data !== undefined || data_bytes !== undefined,
  );
}

function watchesData(spec: CaseSpec): boolean {
  return spec.checks.some((check) => check.kind === "delivers" || matchOf(check)?.body === "data");
}

/** Answers to data take the place of heartbeats, and are frames like any other. */
function answersDisturb({ checks }: CaseSpec): boolean {
  return checks.some((check) => {
    const match = matchOf(check);
    if (match === undefined) return check.kind === "delivers";
    const isAny = match.body === undefined || match.body === "any";
    return isAny || check.kind === "cadence" || check.kind === "gaps" || check.kind === "spread";
  });
}

/** Whether it matters for the case which heartbeats the peer sends by itself. */
function watchesRhythm(spec: CaseSpec): boolean {
  const isHeartbeat = (match: FrameMatch | undefined): boolean =>
    match !== undefined && match.body !== "data" && match.body !== "close";
  return (
    spec.checks.some((check) => check.kind === "round_trip" || isHeartbeat(matchOf(check))) ||
    spec.steps.some((step) => step.verb === "expect" && isHeartbeat(step.args.match))
  );
}

function matchOf(check: CheckSpec): FrameMatch | undefined {
  return "match" in check.args ? check.args.match : undefined;
}

/** A connection is begun before the one before it has ended. */
function connectsTwiceAtOnce({ steps }: CaseSpec): boolean {
  const open = new Set<number>();
  for (const { verb, conn } of steps) {
    if (verb === "connect") {
      if (open.size > 0) return true;
      open.add(conn);
    }
    if (verb === "expect_end" || verb === "reset" || verb === "end") open.delete(conn);
  }
  return false;
}
