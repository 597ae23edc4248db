import { createSecureContext } from "node:tls";
import { CloseCode, PulsewireError, type ResolvedConfig } from "../core/index.ts";
import { callUser } from "../driver/callback.ts";
import {
  type Attempt,
  check,
  checkOptions,
  checkWholeNumber,
  isObject,
  resolveAttempt,
  resolveOptions,
  type Session,
  type SessionEvent,
  type SessionOptions,
} from "../driver/index.ts";
import { RelayedConnection } from "./connection.ts";
import type { LegName, RelayEvent } from "./events.ts";
import type { Leg, Loss } from "./leg.ts";
import { isSameAddress, isSecure, type LegTarget, parseLeg } from "./leg-target.ts";
import { type Door, dialPlain, listenPlain } from "./plain-sockets.ts";
import { type Framing, SessionLeg } from "./session-leg.ts";
import { dial, requireBinding, serve, type TlsFiles } from "./transports.ts";

/** What a relay passes on to the sessions of its legs. */
type LegOptions = Omit<SessionOptions, "onEvent">;

/**
 * Options of {@link relay}. Those of a session, such as `heartbeatTimeMs`, are
 * for each leg that speaks Pulsewire. Two of them have other defaults here:
 * `heartbeatTimeMs` is 10000, because a relay without heartbeats is none, and
 * `maxUnreadBytes` is 262144, because a program that reads slowly is told from
 * one that does not by how small the steps are in which it makes room.
 * `idleTimeoutMs` is refused where a leg is plain: its end of a session is one
 * in good order, which to a program is the end of the stream.
 */
export interface RelayOptions extends LegOptions {
  /**
   * Where connections are accepted: `plain+tcp://127.0.0.1:9000` or
   * `plain+unix:/path` for an unmodified program, and for one that speaks
   * Pulsewire `tcp: tls: unix: ws: wss: grpc: grpcs:`. Port 0 is any free one.
   */
  readonly listen: string;
  /** What is dialled for each of them; the same URLs. One of the two has to speak Pulsewire. */
  readonly to: string;
  /** Certificate and key of the listening leg, if its URL is one with TLS. */
  readonly listenTls?: TlsFiles | undefined;
  /** Whom to trust, and as whom to appear, on the dialled leg. */
  readonly toTls?: TlsFiles | undefined;
  /** For each attempt to dial, in ms. 1 to 3600000, default 10000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Connections carried at once; more are refused. 1 to 1000000, default 1000. */
  readonly maxConnections?: number | undefined;
  /**
   * The web pages that may connect to a listening leg of `ws:` or `wss:`, such
   * as "https://example.com". Default none: what is dialled often trusts the
   * machine of the relay, and any page that a browser shows could reach it. A
   * handshake that names no origin comes from no browser and passes.
   */
  readonly origins?: readonly string[] | undefined;
  /** Called for everything that happens. What it throws is an uncaught exception. */
  readonly onEvent?: ((event: RelayEvent) => void) | undefined;
}

const HEARTBEAT_TIME_MS = 10_000;
const MAX_UNREAD_BYTES = 262_144;
const MAX_CONNECTIONS = 1000;
const GOING_AWAY: Loss = { code: CloseCode.GOING_AWAY, reason: "the relay is closed" };

/** A relay that listens. */
export interface Relay extends AsyncDisposable {
  /** Where it listens, as a URL that the other side can dial. */
  readonly address: string;
  /** How many connections it carries now, those included whose second leg is being dialled. */
  readonly connections: number;
  /**
   * Accepts no more, and ends the connections: GOING_AWAY to those who speak
   * Pulsewire, a reset to programs. Resolves when all are gone, after
   * `closeTimeoutMs` and little more at the latest: what a slow peer has not
   * taken by then is thrown away.
   */
  close(): Promise<void>;
}

/**
 * Carries connections between two legs, with heartbeats on each leg that speaks
 * Pulsewire, and tells each leg of the end of the other [PW-GWY-1 to 10].
 *
 * Rejects with PulsewireError `PW_URL`, `PW_CONFIG`, `PW_MISSING_DEPENDENCY`,
 * `PW_ADDRESS_IN_USE` or `PW_LISTEN_FAILED`. What is dialled need not be there
 * yet: that is found out for each connection.
 */
export async function relay(options: RelayOptions): Promise<Relay> {
  checkOptions(options);
  const { listen, to, listenTls, toTls, connectTimeoutMs, maxConnections, origins, ...rest } =
    options;
  const { onEvent, ...config } = rest;
  const legs = { listen: parseLeg(listen), to: parseLeg(to) };
  if (legs.listen.plain && legs.to.plain) {
    throw new PulsewireError(
      "PW_CONFIG",
      `listen and to are both plain: there would be no heartbeats between ${listen} and ${to}; one leg has to speak Pulsewire, such as tcp:// or wss://`,
    );
  }
  checkIdle(config, [legs.listen, legs.to]);
  if (isSameAddress(legs.listen, legs.to)) {
    throw new PulsewireError(
      "PW_CONFIG",
      `listen and to are the same address: the relay would dial itself, at ${to}, for ever`,
    );
  }
  if (origins !== undefined && legs.listen.target.binding !== "ws") {
    throw new PulsewireError("PW_CONFIG", "origins is for listening on ws:// and wss://");
  }
  checkTls("listenTls", listenTls, legs.listen);
  checkTls("toTls", toTls, legs.to);
  const limited: LegOptions = {
    ...config,
    heartbeatTimeMs: config.heartbeatTimeMs ?? HEARTBEAT_TIME_MS,
    maxUnreadBytes: config.maxUnreadBytes ?? MAX_UNREAD_BYTES,
  };
  const plan: Plan = {
    ...legs,
    framing: legs.listen.plain || legs.to.plain ? "stream" : "messages",
    listenTls: listenTls ?? {},
    toTls: toTls ?? {},
    origins: origins ?? [],
    connectTimeoutMs: resolveAttempt({ connectTimeoutMs }).connectTimeoutMs,
    maxConnections: maxConnections ?? MAX_CONNECTIONS,
    config: limited,
    resolved: resolveOptions({ ...limited, onEvent } as SessionOptions),
    onEvent,
  };
  checkWholeNumber("maxConnections", plan.maxConnections, 1, 1_000_000);
  if (!legs.to.plain) await requireBinding(legs.to.target);
  const opened = new OpenRelay(plan);
  await opened.open();
  return opened;
}

/** What a relay has to do, checked and with its defaults in place. */
interface Plan {
  readonly listen: LegTarget;
  readonly to: LegTarget;
  /** What the messages of the legs that speak Pulsewire are. */
  readonly framing: Framing;
  readonly listenTls: TlsFiles;
  readonly toTls: TlsFiles;
  readonly origins: readonly string[];
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
  readonly config: LegOptions;
  readonly resolved: ResolvedConfig;
  readonly onEvent: RelayOptions["onEvent"];
}

class OpenRelay implements Relay {
  readonly #plan: Plan;
  readonly #connections = new Set<RelayedConnection>();
  #door: Door | undefined;
  #count = 0;
  #closing: Promise<void> | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  async open(): Promise<void> {
    const { listen, listenTls, origins, config } = this.#plan;
    if (listen.plain) {
      this.#door = await listenPlain(listen.target, (leg) => this.#accept(leg, this.#nextNumber()));
      return;
    }
    // A session tells of its heartbeats before it is handed over.
    const numbers = new WeakMap<Session, number>();
    const numberOf = (session: Session): number => {
      const number = numbers.get(session) ?? this.#nextNumber();
      numbers.set(session, number);
      return number;
    };
    this.#door = await serve(listen.target, listenTls, {
      ...config,
      origins,
      onEvent: (event, session) => this.#tellOfLeg(event, numberOf(session), "listen"),
      onSession: (session) => this.#accept(this.#legOf(session), numberOf(session)),
    });
  }

  get address(): string {
    return this.#door?.address ?? "";
  }

  get connections(): number {
    return this.#connections.size;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const shut = this.#door?.close();
    const { closeTimeoutMs } = this.#plan.resolved;
    for (const connection of this.#connections) connection.stop(GOING_AWAY, closeTimeoutMs);
    await shut;
    await Promise.all([...this.#connections].map(({ over }) => over));
  }

  #accept(leg: Leg, number: number): void {
    const { maxConnections } = this.#plan;
    if (this.#closing !== undefined) {
      leg.fail(GOING_AWAY);
      return;
    }
    if (this.#connections.size >= maxConnections) {
      const why = `there are ${maxConnections} connections already (maxConnections)`;
      leg.fail({ code: CloseCode.GOING_AWAY, reason: "too many connections" });
      this.#tell({ type: "refused", connection: number, from: leg.remote, why });
      return;
    }
    const connection = new RelayedConnection(leg, {
      number,
      dial: (signal) => this.#dial(number, signal),
      tell: (event) => this.#tell(event),
    });
    this.#connections.add(connection);
    connection.over.then(() => this.#connections.delete(connection));
  }

  async #dial(number: number, signal: AbortSignal): Promise<Leg> {
    const { to, toTls, config, connectTimeoutMs } = this.#plan;
    const attempt: Attempt = { signal, connectTimeoutMs };
    if (to.plain) return dialPlain(to.target, attempt);
    const onEvent = (event: SessionEvent) => this.#tellOfLeg(event, number, "to");
    const session = await dial(to.target, toTls, { ...config, ...attempt, onEvent });
    return this.#legOf(session);
  }

  #legOf(session: Session): SessionLeg {
    return new SessionLeg(session, this.#plan.framing, this.#plan.resolved.maxMessageBytes);
  }

  #nextNumber(): number {
    this.#count += 1;
    return this.#count;
  }

  #tellOfLeg(event: SessionEvent, connection: number, leg: LegName): void {
    // These two are in what the relay says of the connection as a whole.
    if (event.type === "open" || event.type === "ended") return;
    this.#tell({ type: "session", connection, leg, event });
  }

  #tell(event: RelayEvent): void {
    callUser(() => this.#plan.onEvent?.(event));
  }
}

function checkIdle({ idleTimeoutMs }: LegOptions, legs: readonly LegTarget[]): void {
  if (idleTimeoutMs === undefined || !legs.some(({ plain }) => plain)) return;
  // Close(NORMAL) is the end of the stream [PW-GWY-9], and that of an idle session is one [PW-CLS-13].
  throw new PulsewireError(
    "PW_CONFIG",
    "idleTimeoutMs is not for a relay with a plain leg: it closes in good order, and a stream that was cut off would look complete to its program; leave it out",
  );
}

function checkTls(name: "listenTls" | "toTls", tls: TlsFiles | undefined, leg: LegTarget): void {
  check(name, tls, "an object with cert, key, ca", isObject(tls));
  if (tls === undefined) return;
  if (!isSecure(leg)) {
    throw new PulsewireError("PW_CONFIG", `${name} is for tls://, wss:// and grpcs://`);
  }
  const { cert, key, ca } = tls;
  try {
    // Read now: of the dialled leg it would be found out with each connection anew.
    createSecureContext({ cert, key, ca });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `${name}: ${why}`, { cause });
  }
}
