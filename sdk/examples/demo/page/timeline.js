/** What has passed, in ms, and what is still to come. */
const PAST_MS = 30_000;
const LABELS_PX = 74;

/**
 * Draws the state as a band, and below it the two directions as lanes with a mark for each
 * heartbeat. On the right of "now" stand the moments at which the server would be suspect and down:
 * each octet that is heard moves them on.
 */
export function draw(canvas, { beats, states, heardAt, openedAt }, limits, now) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  if (canvas.width !== width * scale || canvas.height !== height * scale) {
    canvas.width = width * scale;
    canvas.height = height * scale;
  }
  const ink = canvas.getContext("2d");
  ink.setTransform(scale, 0, 0, scale, 0, 0);
  ink.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const color = (name) => probeColor(style, canvas, name);
  const narrow = width < 520;
  const pastMs = narrow ? PAST_MS / 2 : PAST_MS;
  const futureMs = Math.max(6000, (limits?.downMs ?? 0) + 1000);
  const left = narrow ? 0 : LABELS_PX;
  const x = (at) => left + ((at - now + pastMs) / (pastMs + futureMs)) * (width - left);
  const band = { top: 6, height: 10 };
  const lanes = [height * 0.38, height * 0.68];
  const floor = height - 22;

  ink.font = "12px system-ui, sans-serif";
  ink.textBaseline = "middle";

  // The scale.
  ink.fillStyle = color("--soft");
  ink.strokeStyle = color("--edge");
  ink.lineWidth = 1;
  ink.textAlign = "center";
  for (let ago = 0; ago <= pastMs; ago += 5000) {
    line(ink, x(now - ago), band.top + band.height + 4, floor);
    const text = ago === 0 ? "now" : `−${ago / 1000} s`;
    ink.textAlign = x(now - ago) < left + 12 ? "left" : "center";
    ink.fillText(text, x(now - ago), height - 9);
  }

  // The state.
  const tones = { open: "--accent", suspect: "--suspect", down: "--down", connecting: "--edge" };
  states.forEach(({ at, state }, index) => {
    const from = Math.max(x(at), left);
    const to = x(states[index + 1]?.at ?? now);
    if (to <= left) return;
    ink.fillStyle = color(tones[state]);
    ink.fillRect(from, band.top, Math.max(1, to - from), band.height);
  });

  // The lanes.
  for (const [index, name] of ["sent", "heard"].entries()) {
    const y = lanes[index];
    ink.strokeStyle = color("--edge");
    ink.beginPath();
    ink.moveTo(left, y);
    ink.lineTo(x(now), y);
    ink.stroke();
    ink.fillStyle = color("--soft");
    ink.textAlign = "left";
    ink.fillText(name, narrow ? 2 : 0, narrow ? y - 16 : y);
  }
  if (!narrow) ink.fillText("state", 0, band.top + band.height / 2);

  for (const { at, sent, probe } of beats) {
    if (x(at) < left) continue;
    const y = lanes[sent ? 0 : 1];
    ink.beginPath();
    if (probe) {
      ink.strokeStyle = color("--suspect");
      ink.lineWidth = 2;
      diamond(ink, x(at), y, 6);
      ink.stroke();
    } else {
      ink.fillStyle = color(sent ? "--sent" : "--accent");
      ink.arc(x(at), y, 5, 0, 2 * Math.PI);
      ink.fill();
    }
  }
  while (beats.length > 0 && beats[0].at < now - PAST_MS) beats.shift();

  // What would follow from silence.
  ink.lineWidth = 1.5;
  ink.strokeStyle = color("--soft");
  line(ink, x(now), band.top, floor);
  if (limits === undefined) return;
  const since = heardAt ?? openedAt;
  ink.lineWidth = 2;
  for (const [name, ms] of [
    ["suspect", limits.suspectMs],
    ["down", limits.downMs],
  ]) {
    const on = Math.max(x(since + ms), x(now));
    ink.strokeStyle = color(`--${name}`);
    ink.fillStyle = color(`--${name}`);
    line(ink, on, band.top + band.height + 4, floor);
  }
  // The silence so far.
  ink.globalAlpha = 0.16;
  ink.fillStyle = color(now - since > limits.suspectMs ? "--suspect" : "--accent");
  ink.fillRect(Math.max(left, x(since)), lanes[1] - 13, x(now) - Math.max(left, x(since)), 26);
  ink.globalAlpha = 1;
}

function line(ink, x, from, to) {
  ink.beginPath();
  ink.moveTo(Math.round(x) + 0.5, from);
  ink.lineTo(Math.round(x) + 0.5, to);
  ink.stroke();
}

function diamond(ink, x, y, r) {
  ink.moveTo(x, y - r);
  ink.lineTo(x + r, y);
  ink.lineTo(x, y + r);
  ink.lineTo(x - r, y);
  ink.closePath();
}

/** A custom property is text, `light-dark(...)` and all: only a real property has the colour. */
const resolved = new Map();

function probeColor(style, canvas, name) {
  const key = `${style.colorScheme}${matchMedia("(prefers-color-scheme: dark)").matches}${name}`;
  let value = resolved.get(key);
  if (value === undefined) {
    canvas.style.color = `var(${name})`;
    value = getComputedStyle(canvas).color;
    canvas.style.color = "";
    resolved.set(key, value);
  }
  return value;
}
