/** Finds out what a peer is like, on one connection and from the wire alone. */
import { randomBytes } from "node:crypto";
import type { PeerEnd, RawPeer } from "../peers/peer.ts";
import type { Wire } from "../peers/wire.ts";
import { ContractError } from "../testee/validate.ts";
import type { Time } from "../time/time.ts";
import { dataOf } from "../wire/decode.ts";
import { encodeFrame } from "../wire/encode.ts";
import { Conversation, type Heard, isGarbage } from "./conversation.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import {
  DEFAULT_FLOOR_MS,
  DEFAULT_SLACK_MS,
  type PeerClaims,
  type PeerProfile,
} from "./profile.ts";

/** Heartbeats that are due at once come within this time from anywhere, in milliseconds. */
const AT_ONCE_MS = 500;
/** A reply to a message comes within this time, in milliseconds. */
const REPLY_MS = 500;
const LEAST_FLOOR_MS = 100;
const UNIMPLEMENTED = 12;

const TOLERANT = { anySubprotocol: true };

/**
 * Looks at the peer; throws a {@link ContractError} whose one sentence says
 * what to do if nothing that speaks Pulsewire is there, or if it is not what
 * the user says it is.
 */
export async function discover(
  endpoint: Endpoint,
  role: "dial" | "listen",
  claims: PeerClaims,
  wire: Wire,
  time: Time,
): Promise<PeerProfile> {
  const where = formatEndpoint(endpoint);
  const talk = new Conversation(await reach(endpoint, role, wire), time);
  try {
    await talk.until(() => (talk.opened ? true : undefined), wire.patienceMs);
    if (!talk.opened) {
      // What went wrong may be told after the end.
      await new Promise<void>((resolve) => time.turn(resolve));
      const isThere = role === "listen" && (await takesConnections(endpoint, talk, wire, time));
      throw new ContractError(
        isThere ? answersOtherwise(endpoint) : whyUnreachable(endpoint, talk.ends),
      );
    }
    const found = await look(talk);
    mustSpeakPulsewire(where, talk);
    mustBeAsClaimed(where, found, claims);
    return complete(endpoint, role, found, claims);
  } finally {
    talk.end();
  }
}

/** Somebody is there who takes connections, and who made nothing of our opening. */
async function takesConnections(
  { transport, host, port }: Endpoint,
  talk: Conversation,
  wire: Wire,
  time: Time,
): Promise<boolean> {
  if (transport === "tcp" || talk.ends.some(({ detail }) => detail !== undefined)) return false;
  const plain = new Conversation(wire.dial("tcp", { host, port }, {}), time);
  try {
    await plain.until(() => (plain.opened ? true : undefined), AT_ONCE_MS);
    return plain.opened;
  } finally {
    plain.end();
  }
}

function answersOtherwise(endpoint: Endpoint): string {
  const protocol = endpoint.transport === "ws" ? "WebSocket" : "gRPC";
  return `${formatEndpoint(endpoint)} takes connections and answers with nothing of ${protocol}: is it a peer of another transport, such as tcp://?`;
}

interface Found {
  readonly heartbeatTimeMs: number | undefined;
  /** What it announced after a heartbeat-time of 1 ms. */
  readonly announcedMs: number | undefined;
  readonly reply: PeerProfile["reply"];
  readonly talks: boolean;
  readonly answers: boolean;
}

function reach(endpoint: Endpoint, role: "dial" | "listen", wire: Wire): Promise<RawPeer> {
  const { transport, host, port } = endpoint;
  if (role === "listen") return Promise.resolve(wire.dial(transport, { host, port }, {}));
  return new Promise((resolve, reject) => {
    wire.listen(transport, TOLERANT, resolve).catch(reject);
  });
}

async function look(talk: Conversation): Promise<Found> {
  const opening = await talk.hear((frame) => frame.heartbeat !== undefined, AT_ONCE_MS);
  const talks = talk.heard.some(({ frame }) => frame.data !== undefined);

  let since = talk.heard.length;
  talk.send(encodeFrame({ heartbeat: { replyRequested: true, timestamp: 1 } }));
  const answer = await talk.hear((frame) => frame.heartbeat !== undefined, AT_ONCE_MS, since);

  since = talk.heard.length;
  const message = `pulsewire-conformance ${randomBytes(4).toString("hex")}`;
  talk.send(encodeFrame({ data: new TextEncoder().encode(message) }));
  const reply = talks
    ? undefined
    : await talk.hear((frame) => frame.data !== undefined, REPLY_MS, since);

  since = talk.heard.length;
  talk.send(encodeFrame({ heartbeat: { heartbeatTimeMs: 1 } }));
  const heartbeatTimeMs = timeOf(opening) ?? undefined;
  const announcement = await talk.hear(
    ({ heartbeat }) =>
      heartbeat?.heartbeatTimeMs !== undefined && heartbeat.heartbeatTimeMs !== heartbeatTimeMs,
    AT_ONCE_MS,
    since,
  );
  return {
    heartbeatTimeMs,
    announcedMs: timeOf(announcement),
    reply: reply === undefined ? undefined : kindOfReply(reply, message),
    talks,
    answers: answer !== undefined,
  };
}

function timeOf(heard: Heard | undefined): number | undefined {
  return heard?.frame.heartbeat?.heartbeatTimeMs;
}

function kindOfReply({ octets }: Heard, message: string): "echo" | "length" | "other" {
  const text = new TextDecoder().decode(dataOf(octets));
  if (text === message) return "echo";
  return text === String(message.length) ? "length" : "other";
}

function complete(
  { transport }: Endpoint,
  role: "dial" | "listen",
  found: Found,
  claims: PeerClaims,
): PeerProfile {
  const { heartbeatTimeMs, announcedMs, talks, answers } = found;
  const oddities: string[] = [];
  if (!answers) oddities.push("it did not answer a probe");
  if (announcedMs !== undefined && announcedMs < LEAST_FLOOR_MS)
    oddities.push(`it adopted a heartbeat-time of ${announcedMs} ms`);
  if (heartbeatTimeMs === undefined && announcedMs === undefined)
    oddities.push("it adopted no heartbeat-time");
  // What no peer may do is no floor: the cases on the floor say what it is.
  const seenFloor =
    announcedMs === undefined || announcedMs < LEAST_FLOOR_MS ? undefined : announcedMs;
  const { reply } = claims;
  return {
    transport,
    role,
    heartbeatTimeMs,
    floorMs: claims.floorMs ?? seenFloor ?? heartbeatTimeMs ?? DEFAULT_FLOOR_MS,
    slackMs: claims.slackMs ?? DEFAULT_SLACK_MS,
    reply: reply === undefined ? found.reply : reply === "none" ? undefined : reply,
    talks,
    said: { floor: claims.floorMs !== undefined, slack: claims.slackMs !== undefined },
    oddities,
  };
}

function mustBeAsClaimed(where: string, found: Found, claims: PeerClaims): void {
  const fail = (option: string, seen: string): never => {
    throw new ContractError(
      `you said ${option}, and ${where} ${seen}: correct the option, or start the peer so`,
    );
  };
  const { heartbeatTimeMs: time, announcedMs, reply } = found;
  const said = claims.heartbeatTimeMs;
  if (said === "none" && time !== undefined)
    fail("--peer-heartbeat-time none", `opens with a heartbeat-time of ${time} ms`);
  if (typeof said === "number" && time !== said)
    fail(
      `--peer-heartbeat-time ${said}`,
      time === undefined ? "sends no opening heartbeat" : `opens with one of ${time} ms`,
    );
  // A floor above one's own heartbeat-time is that time [PW-ADP-4].
  const floor = Math.min(claims.floorMs ?? 0, time ?? Number.POSITIVE_INFINITY);
  const lawful = announcedMs !== undefined && announcedMs >= LEAST_FLOOR_MS;
  if (claims.floorMs !== undefined && lawful && announcedMs !== floor)
    fail(`--peer-floor ${claims.floorMs}`, `adopted ${announcedMs} ms when it heard 1 ms`);
  if (claims.reply !== undefined && !found.talks && claims.reply !== (reply ?? "none"))
    fail(
      `--peer-reply ${claims.reply}`,
      reply === undefined ? "sent nothing back" : `answered a message with "${reply}"`,
    );
}

/** A wrong protocol is no broken peer: nothing can be judged. */
function mustSpeakPulsewire(where: string, talk: Conversation): void {
  if (talk.heard.some(({ frame }) => !isGarbage(frame))) return;
  const garbage = talk.heard.find(({ frame }) => frame.body === "malformed")?.frame.problem;
  const status = talk.ends.find((end) => end.how === "status");
  const headers = talk.remarks.find((what) => what.startsWith("grpc response headers"));
  let problem: string | undefined;
  if (status?.code === UNIMPLEMENTED)
    problem = "has no method /pulsewire.v1.LivenessService/Connect";
  else if (headers !== undefined && !headers.endsWith(" 200"))
    problem = `answered with HTTP ${headers.split(" ").at(-1)}, as no gRPC server does`;
  else if (garbage !== undefined) problem = `sent what is no frame (${garbage})`;
  else if (talk.isOver) {
    const detail = talk.ends.find((end) => end.detail !== undefined)?.detail;
    problem = `ended the connection without a frame${detail === undefined ? "" : ` (${detail})`}`;
  }
  if (problem !== undefined)
    throw new ContractError(
      `${where} ${problem}: is that a Pulsewire peer, and the right kind of URL?`,
    );
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ISSUER/;
const NO_TLS = /SSL|EPROTO|TLS/;

function whyUnreachable(endpoint: Endpoint, ends: readonly PeerEnd[]): string {
  const where = formatEndpoint(endpoint);
  const { detail } = ends.find((end) => end.how === "refused") ?? ends[0] ?? {};
  if (detail === undefined) return `${where} does not answer: is the host right, and reachable?`;
  if (detail === "ECONNREFUSED") return `nobody listens at ${where}: start the peer first`;
  if (detail === "ENOTFOUND" || detail === "EAI_AGAIN")
    return `${where}: there is no host of that name`;
  if (endpoint.secure && UNTRUSTED.test(detail))
    return `${where} has a certificate that is not trusted here (${detail}): give --ca <file>, or --insecure`;
  if (endpoint.secure && (NO_TLS.test(detail) || detail === "ECONNRESET"))
    return `${where} did not shake hands for TLS (${detail}): does it speak TLS at all?`;
  if (endpoint.transport === "ws")
    return `${where} refused the WebSocket handshake (${detail}): is the path right, and does it know the subprotocol pulsewire.v1?`;
  return `${where} cannot be reached (${detail})`;
}
