import { endedByHeartbeat } from "pulsewire";
import { reconnect } from "pulsewire/browser";
import { draw } from "./timeline.js";

const SLACK_MS = 2000;
const TIMES_MS = [500, 1000, 2000, 5000, 10_000];
const client = `a page, ${Math.random().toString(36).slice(2, 6)}`;
const at = (id) => document.getElementById(id);

/** What is shown; times are of performance.now(). */
const view = {
  session: undefined,
  openedAt: 0,
  heardAt: undefined,
  /** Heartbeats: { at, sent, probe }. */
  beats: [],
  /** State by state: { at, state }. */
  states: [],
  rtts: [],
  retryAt: undefined,
};

// --- the connection ----------------------------------------------------------

let stop = new AbortController();

async function live() {
  for (;;) {
    stop = new AbortController();
    show("connecting", "Dialling the server.");
    const sessions = reconnect({
      url: `/live?client=${encodeURIComponent(client)}`,
      heartbeatTimeMs: TIMES_MS[at("time").value],
      heartbeatSlackTimeMs: SLACK_MS,
      minHeartbeatTimeMs: 100,
      connectTimeoutMs: 3000,
      signal: stop.signal,
      onEvent: handle,
      onRetry: ({ delayMs, cause }) => {
        view.retryAt = performance.now() + delayMs;
        if (cause instanceof Error) show("down", "No answer.");
      },
    });
    for await (const session of sessions) {
      const end = await session.closed;
      if (!stop.signal.aborted) show("down", explain(end));
    }
  }
}

function handle(event, session) {
  const now = performance.now();
  switch (event.type) {
    case "open":
      Object.assign(view, { session, openedAt: now, heardAt: undefined, retryAt: undefined });
      show("open", "Both sides are there.");
      break;
    case "heartbeat-sent":
      view.beats.push({ at: now, sent: true, probe: event.cause === "probe" });
      if (event.cause === "probe") log("The server is asked for a sign of life", "suspect");
      break;
    case "heartbeat-received":
      view.heardAt = now;
      view.beats.push({ at: now, sent: false, probe: event.replyRequested });
      if (event.rttMs !== undefined) view.rtts = [...view.rtts, event.rttMs].slice(-40);
      break;
    case "suspect":
      show(
        "suspect",
        `Nothing heard for ${seconds(event.silentForMs)} s: longer than it promised.`,
      );
      break;
    case "recovered":
      show("open", `Heard again, after ${seconds(event.silentForMs)} s.`);
      break;
    case "ended":
      view.session = undefined;
      break;
  }
}

function explain(end) {
  if (end.kind === "peer-silent") {
    return `Silent for ${seconds(end.evidence.silentForMs)} s, so it is gone. The TCP connection still looks open.`;
  }
  if (endedByHeartbeat(end)) return "The server gave this page up.";
  if (end.kind === "closed" && end.code === 2) return "The server said that it is going away.";
  return `The connection ended: ${end.kind}.`;
}

// --- words -------------------------------------------------------------------

const WORDS = { connecting: "Connecting", open: "Open", suspect: "Suspect", down: "Down" };

function show(state, why) {
  const now = performance.now();
  view.states.push({ at: now, state });
  view.states = view.states.slice(-100);
  at("state").dataset.state = state;
  at("state").textContent = WORDS[state];
  at("why").textContent = why;
  log(`${WORDS[state]}. ${why}`, state);
}

function log(text, state) {
  const line = document.createElement("li");
  line.dataset.state = state;
  const time = document.createElement("time");
  time.textContent = new Date().toTimeString().slice(0, 8);
  const words = document.createElement("span");
  words.textContent = text;
  line.append(time, words);
  at("log").prepend(line);
  for (const old of [...at("log").children].slice(50)) old.remove();
}

function seconds(ms, digits = 1) {
  return ms === undefined ? "–" : (ms / 1000).toFixed(digits);
}

const brief = (ms) => (ms === undefined ? "–" : String(ms / 1000));

function figures(now) {
  const { session, heardAt, openedAt, rtts, retryAt } = view;
  at("rtt").textContent = session?.rttMs === undefined ? "–" : session.rttMs.toFixed(1);
  const most = Math.max(1, ...rtts);
  const points = rtts.map((rtt, index) => [
    (100 * index) / Math.max(1, rtts.length - 1),
    26 - (24 * rtt) / most,
  ]);
  at("spark").firstElementChild.setAttribute("points", points.join(" "));
  const silentForMs = session === undefined ? undefined : now - (heardAt ?? openedAt);
  at("heard").textContent = seconds(silentForMs);
  const { suspectMs, downMs } = limits() ?? { suspectMs: 1, downMs: 1 };
  at("heard-bar").style.scale = `${Math.min(1, (silentForMs ?? 0) / downMs)} 1`;
  at("heard-bar").dataset.state = (silentForMs ?? 0) < suspectMs ? "open" : "suspect";
  at("own").textContent = brief(session?.heartbeatTimeMs);
  at("promise").textContent = brief(session?.peerHeartbeatTimeMs);
  if (session === undefined && retryAt !== undefined) {
    const left = Math.max(0, retryAt - now);
    at("state").textContent = left > 0 ? `Down, again in ${seconds(left)} s` : "Reconnecting";
  }
}

/** After how much silence the server is suspect, and down, in ms; undefined without a session. */
function limits() {
  const { session } = view;
  if (session === undefined) return undefined;
  const { heartbeatTimeMs = 0, peerHeartbeatTimeMs = 0 } = session;
  const longest = Math.max(heartbeatTimeMs, peerHeartbeatTimeMs);
  return { suspectMs: longest + SLACK_MS / 2, downMs: longest + SLACK_MS };
}

// --- the server's view -------------------------------------------------------

new EventSource("/clients").onmessage = ({ data }) => {
  const clients = JSON.parse(data);
  at("clients").replaceChildren(...clients.map(row));
};

function row({ client: name, state, heartbeatTimeMs, silentForMs, rttMs }) {
  const line = document.createElement("tr");
  line.className = name === client ? "you" : "";
  const cells = {
    client: name === client ? "This page" : name,
    state,
    number: heartbeatTimeMs === undefined ? "passive" : `${brief(heartbeatTimeMs)} s`,
    trip: rttMs === undefined ? "–" : `${rttMs.toFixed(1)} ms`,
    heard: `${seconds(silentForMs)} s ago`,
  };
  for (const [kind, text] of Object.entries(cells)) {
    const cell = document.createElement(kind === "client" ? "th" : "td");
    if (kind === "client") cell.scope = "row";
    if (kind === "state") {
      cell.className = "state";
      cell.dataset.state = state;
    }
    if (kind === "number" || kind === "trip") cell.className = "number";
    cell.textContent = text;
    if (kind === "heard") {
      cell.className = "wide";
      cell.dataset.state = state;
      const share = Math.min(1, silentForMs / ((heartbeatTimeMs ?? 0) + SLACK_MS));
      const both = document.createElement("div");
      const meter = document.createElement("span");
      meter.className = "meter";
      const bar = document.createElement("i");
      bar.style.scale = `${share} 1`;
      meter.append(bar);
      both.append(meter, text);
      cell.replaceChildren(both);
    }
    line.append(cell);
  }
  return line;
}

// --- controls ----------------------------------------------------------------

const post = (what) => fetch(`/${what}?client=${encodeURIComponent(client)}`, { method: "POST" });

at("pause").onclick = () => {
  const pause = at("pause").ariaPressed !== "true";
  at("pause").ariaPressed = String(pause);
  at("pause").querySelector("span").textContent = pause ? "Resume the server" : "Pause the server";
  log(pause ? "The server is paused: it says nothing more" : "The server goes on", "idle");
  post(pause ? "pause" : "resume");
};

at("restart").onclick = () => {
  log("The server is restarted", "idle");
  at("restart").disabled = true;
  setTimeout(() => {
    at("restart").disabled = false;
  }, 2500);
  post("restart");
};

at("time").oninput = () => {
  const text = `${brief(TIMES_MS[at("time").value])} s`;
  at("time-said").textContent = text;
  at("time").ariaValueText = text;
};

at("time").onchange = () => {
  log(`Another heartbeat-time, ${at("time-said").textContent}: a new connection`, "idle");
  stop.abort();
};

// --- the picture -------------------------------------------------------------

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let drawnAt = Number.NEGATIVE_INFINITY;

function frame(now) {
  // Who asked for little motion gets steps of a second, and no sliding.
  if (!calm.matches || now - drawnAt >= 1000) {
    drawnAt = now;
    figures(now);
    draw(at("timeline"), view, limits(), now);
  }
  requestAnimationFrame(frame);
}

requestAnimationFrame(frame);
live();
