import { el, svg } from "./dom.js";
import { closeName, directionOf, glyphOf, layoutTimeline } from "./timeline-layout.js";

const NS_PER_MS = 1e6;
const ZOOMS = [1, 2, 4, 8];
const GLYPH_WORDS = {
  heartbeat: "heartbeat, with its time",
  probe: "probe",
  data: "data",
  close: "close",
  octets: "octets that are no frame",
  malformed: "malformed frame",
  unknown: "unknown or empty frame",
  end: "end",
};

/**
 * The timeline of one result: a drawing to look at, which arrow keys walk through event by event,
 * and a table of the same events. `setWindows` chooses what is shaded.
 */
export function timelineView(result) {
  const { trace } = result;
  const scroller = el("div", {
    class: "scroller",
    tabindex: 0,
    role: "group",
    "aria-label": `${summaryOf(result)}. Left and right arrow keys read the events one by one.`,
  });
  const readout = el("output", { class: "readout", "aria-live": "polite" }, hintText());
  const zoomButtons = ZOOMS.map((factor) =>
    el(
      "button",
      {
        type: "button",
        "aria-pressed": String(factor === 1),
        "aria-label": `Zoom ${factor} times`,
        onclick: () => {
          zoom = factor;
          for (const [index, button] of zoomButtons.entries()) {
            button.setAttribute("aria-pressed", String(ZOOMS[index] === factor));
          }
          draw();
        },
      },
      `${factor}×`,
    ),
  );
  let zoom = 1;
  let windows = [];
  let layout;
  let cursor = -1;
  let cursorLine;

  const draw = () => {
    const width = Math.max(320, scroller.clientWidth) * zoom;
    layout = layoutTimeline(trace, windows, width);
    const drawing = drawTimeline(layout);
    cursorLine = svg("line", { class: "cursor", y1: 0, y2: layout.axisTop, visibility: "hidden" });
    drawing.append(cursorLine);
    scroller.replaceChildren(drawing);
    if (cursor >= 0) point(cursor, false);
  };
  const order = trace.events
    .map((event, index) => ({ event, index }))
    .filter(({ event }) => directionOf(event) !== undefined)
    .map(({ index }) => index);
  const point = (at, follow) => {
    cursor = at;
    const event = trace.events[order[at]];
    const x = layout.xOf(event.atNs);
    cursorLine.setAttribute("x1", x);
    cursorLine.setAttribute("x2", x);
    cursorLine.setAttribute("visibility", "visible");
    readout.replaceChildren(...describe(event, trace.unitMs));
    if (follow && zoom > 1) scroller.scrollLeft = x - scroller.clientWidth / 2;
  };
  const pointAt = ({ clientX, clientY }) => {
    const box = scroller.firstElementChild.getBoundingClientRect();
    const x = clientX - box.left;
    const y = clientY - box.top;
    let best = -1;
    let least = 26;
    for (const lane of layout.lanes) {
      for (const mark of lane.marks) {
        const distance = Math.hypot(mark.x - x, (mark.y - y) / 2);
        if (distance < least) {
          least = distance;
          best = order.indexOf(mark.events[0]);
        }
      }
    }
    if (best >= 0) point(best, false);
  };
  scroller.addEventListener("pointermove", pointAt);
  scroller.addEventListener("click", pointAt);
  scroller.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || order.length === 0) return;
    event.preventDefault();
    point(Math.min(order.length - 1, Math.max(0, cursor + by)), true);
  });
  let drawnAt = 0;
  new ResizeObserver(() => {
    if (scroller.clientWidth === drawnAt) return;
    drawnAt = scroller.clientWidth;
    draw();
  }).observe(scroller);

  const used = new Set(
    trace.events.filter((event) => directionOf(event) !== undefined).map(glyphOf),
  );
  const element = el(
    "figure",
    { class: "timeline" },
    el(
      "figcaption",
      {},
      el("ul", { class: "legend" }, ...legendItems(used)),
      el("div", { class: "zoom", role: "group", "aria-label": "Zoom" }, ...zoomButtons),
    ),
    scroller,
    readout,
    eventTable(result),
  );
  return {
    element,
    setWindows(next) {
      windows = next;
      if (layout !== undefined) draw();
    },
  };
}

function summaryOf({ trace, maxLagMs }) {
  const count = (direction) =>
    trace.events.filter((event) => event.kind === "frame" && event.direction === direction).length;
  return (
    `Timeline: ${count("sent")} frames from the harness to the peer, ` +
    `${count("received")} from the peer to the harness; harness lag at most ${maxLagMs.toFixed(1)} ms`
  );
}

function hintText() {
  return "Point at a mark, or use the arrow keys, to read it.";
}

function drawTimeline(layout) {
  const { width, height, axisTop, lanesBottom, windowsTop } = layout;
  return svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    svg(
      "defs",
      {},
      svg(
        "pattern",
        {
          id: "hatch",
          width: 7,
          height: 7,
          patternUnits: "userSpaceOnUse",
          patternTransform: "rotate(45)",
        },
        svg("rect", { class: "hatch-ground", width: 7, height: 7 }),
        svg("rect", { class: "hatch-line", width: 2, height: 7 }),
      ),
    ),
    ...layout.ticks.map((tick) =>
      svg("line", { class: "grid", x1: tick.x, x2: tick.x, y1: windowsTop, y2: axisTop }),
    ),
    ...layout.windows.map((window) => drawWindow(window, lanesBottom)),
    ...layout.steps.map((step) => drawStep(step, lanesBottom)),
    ...layout.lanes.map((lane) => drawLane(lane, width)),
    ...drawLags(layout),
    svg("line", { class: "axis", x1: 0, x2: width, y1: axisTop, y2: axisTop }),
    ...layout.ticks.map((tick, index) => drawTick(tick, index, axisTop)),
  );
}

function drawTick({ x, ms, units }, index, y) {
  return svg(
    "g",
    { class: "tick" },
    svg("line", { x1: x, x2: x, y1: y, y2: y + 5 }),
    svg("text", { x, y: y + 17, "text-anchor": "middle" }, index === 0 ? "0 ms" : String(ms)),
    svg("text", { x, y: y + 30, "text-anchor": "middle", class: "units" }, `${units} u`),
  );
}

function drawStep({ x, y, row, text, flipped }, bottom) {
  return svg(
    "g",
    { class: "step" },
    svg("line", { x1: x, x2: x, y1: row < 0 ? 0 : y - 9, y2: bottom }),
    row < 0
      ? undefined
      : svg(
          "text",
          { x: flipped ? x - 5 : x + 5, y, "text-anchor": flipped ? "end" : "start" },
          text,
        ),
  );
}

function drawWindow({ x, w, y, kind, label, labelX, flipped }, bottom) {
  return svg(
    "g",
    { class: `window ${kind}` },
    svg("rect", {
      class: "shade",
      x,
      width: w,
      y,
      height: bottom - y,
      fill: kind === "forbidden" ? "url(#hatch)" : undefined,
    }),
    svg("path", { class: "edge", d: `M${x} ${bottom}V${y}M${x + w} ${y}V${bottom}` }),
    svg("rect", { class: "cap", x, width: w, y, height: 3 }),
    svg("text", { x: labelX, y: y + 14, "text-anchor": flipped ? "end" : "start" }, label),
  );
}

function drawLane(lane, width) {
  const { x1, x2, y, top, direction, silence, terminal } = lane;
  return svg(
    "g",
    { class: `lane ${direction}` },
    svg("line", { class: "lane-edge", x1: 0, x2: width, y1: top + 1, y2: top + 1 }),
    svg("text", { class: "lane-title", x: 6, y: top + 15 }, lane.title),
    svg("line", { class: "wire", x1, x2, y1: y, y2: y }),
    ...lane.gaps.map((gap) =>
      svg(
        "text",
        { class: "gap", x: (gap.x1 + gap.x2) / 2, y: gap.y, "text-anchor": "middle" },
        gap.text,
      ),
    ),
    silence === undefined ? undefined : drawSilence(silence),
    ...[...lane.marks].sort(endFirst).map((mark) => drawMark(mark, top)),
    terminal === undefined
      ? undefined
      : svg(
          "text",
          { class: "terminal", x: terminal.x, y: terminal.y, "text-anchor": terminal.anchor },
          terminal.text,
        ),
  );
}

/** The line of an end lies behind the marks it meets. */
function endFirst(a, b) {
  return Number(b.glyph === "end") - Number(a.glyph === "end");
}

function drawSilence({ x1, x2, y, ms }) {
  const room = x2 - x1;
  const text = room > 112 ? `${Math.round(ms)} ms of silence` : String(Math.round(ms));
  const half = (text.length * 6.1) / 2 + 5;
  const middle = (x1 + x2) / 2;
  const line = y - 4;
  return svg(
    "g",
    { class: "silence" },
    svg("path", {
      d:
        `M${x1 + 2} ${line - 4}v8M${x2 - 2} ${line - 4}v8` +
        `M${x1 + 2} ${line}H${Math.max(x1 + 2, middle - half)}M${Math.min(x2 - 2, middle + half)} ${line}H${x2 - 2}`,
    }),
    svg("text", { x: middle, y, "text-anchor": "middle" }, text),
  );
}

function drawMark(mark, top) {
  const { x, y, glyph, text, shown } = mark;
  return svg(
    "g",
    { class: `mark ${glyph}` },
    glyph === "end"
      ? svg("path", {
          class: "shape",
          d: `M${x} ${top + 22}V${y + 12}M${x - 5} ${y + 12}H${x + 5}`,
        })
      : svg("g", { transform: `translate(${x} ${y})` }, ...glyphShape(glyph)),
    shown ? svg("text", { x, y: y - 11, "text-anchor": "middle" }, text) : undefined,
  );
}

function glyphShape(glyph) {
  switch (glyph) {
    case "heartbeat":
      return [svg("circle", { class: "shape", r: 5.2 })];
    case "probe":
      return [
        svg("circle", { class: "shape hollow", r: 6.4 }),
        svg("text", { class: "sign", y: 3.8, "text-anchor": "middle" }, "?"),
      ];
    case "data":
      return [svg("rect", { class: "shape", x: -4.8, y: -4.8, width: 9.6, height: 9.6, rx: 1.5 })];
    case "close":
      return [
        svg("path", {
          class: "shape",
          d: "M-2.7-6.4h5.4l3.7 3.7v5.4l-3.7 3.7h-5.4l-3.7-3.7v-5.4z",
        }),
        svg("path", { class: "cut", d: "M-2.4-2.4l4.8 4.8M2.4-2.4l-4.8 4.8" }),
      ];
    case "octets":
      return [svg("path", { class: "shape hollow", d: "M0-6L6 0L0 6L-6 0z" })];
    case "malformed":
      return [
        svg("path", { class: "shape hollow", d: "M0-6.5L6.8 5.5H-6.8z" }),
        svg("path", { class: "sign-line", d: "M0-2.4v3.6M0 3.4v.2" }),
      ];
    case "end":
      return [svg("path", { class: "shape", d: "M0-6V6M-4 6H4" })];
    default:
      return [
        svg("rect", { class: "shape hollow dashed", x: -5, y: -5, width: 10, height: 10, rx: 1.5 }),
      ];
  }
}

function drawLags({ lags, lanesBottom, width }) {
  if (lags.length === 0) return [];
  const worst = lags.find((lag) => lag.most);
  return [
    svg("line", { class: "lane-edge", x1: 0, x2: width, y1: lanesBottom + 1, y2: lanesBottom + 1 }),
    svg(
      "text",
      { class: "lane-title", x: 6, y: lanesBottom + 14 },
      `the harness's own lag, at most ${worst.ms.toFixed(1)} ms`,
    ),
    ...lags.map((lag) =>
      svg("rect", { class: "lag", x: lag.x, y: lag.y, width: lag.w, height: lag.h }),
    ),
  ];
}

function legendItems(used) {
  return Object.keys(GLYPH_WORDS)
    .filter((glyph) => used.has(glyph))
    .map((glyph) =>
      el(
        "li",
        {},
        svg(
          "svg",
          {
            class: `mark ${glyph}`,
            viewBox: "-8 -8 16 16",
            width: 15,
            height: 15,
            "aria-hidden": "true",
          },
          ...glyphShape(glyph),
        ),
        GLYPH_WORDS[glyph],
      ),
    );
}

/** All events as a table, made when it is first opened. */
function eventTable({ trace, omission }) {
  const { events, unitMs } = trace;
  const details = el(
    "details",
    { class: "events" },
    el("summary", {}, `All events (${events.length + (omission?.events ?? 0)})`),
  );
  details.addEventListener(
    "toggle",
    () => {
      if (omission?.events > 0) {
        details.append(
          el(
            "p",
            { class: "hint" },
            `${omission.events} events in the middle are only in report.json.`,
          ),
        );
      }
      details.append(
        el(
          "div",
          { class: "scroller", tabindex: 0, role: "group", "aria-label": "All events" },
          el(
            "table",
            { class: "list" },
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                ...["ms", "units", "conn", "", "what", "octets"].map((name) =>
                  el("th", { scope: "col" }, name),
                ),
              ),
            ),
            el("tbody", {}, ...events.map((event) => eventRow(event, unitMs))),
          ),
        ),
      );
    },
    { once: true },
  );
  return details;
}

function eventRow(event, unitMs) {
  const ms = event.atNs / NS_PER_MS;
  return el(
    "tr",
    { class: directionOf(event) ?? "note" },
    el("td", { class: "number" }, ms.toFixed(1)),
    el("td", { class: "number" }, (ms / unitMs).toFixed(2)),
    el("td", { class: "number" }, event.conn < 0 ? "" : String(event.conn)),
    el("td", {}, arrowOf(event)),
    el("td", {}, wordsOf(event)),
    el("td", {}, event.hex === undefined ? "" : el("code", {}, spaced(event.hex, event.bytes))),
  );
}

function describe(event, unitMs) {
  const ms = event.atNs / NS_PER_MS;
  return [
    el("b", {}, `${ms.toFixed(1)} ms`),
    el("span", { class: "units" }, `${(ms / unitMs).toFixed(2)} u`),
    el("span", {}, `${arrowOf(event)}  ${wordsOf(event)}`),
    event.hex === undefined ? undefined : el("code", {}, spaced(event.hex, event.bytes)),
  ].filter((part) => part !== undefined);
}

function arrowOf(event) {
  const direction = directionOf(event);
  if (direction === undefined) return "";
  return direction === "sent" ? "harness → peer" : "peer → harness";
}

function spaced(hex, bytes) {
  const text = hex.replace(/..(?=.)/g, "$& ");
  return hex.length / 2 < bytes ? `${text} … (${bytes} octets)` : text;
}

function wordsOf(event) {
  switch (event.kind) {
    case "open":
      return "open";
    case "frame":
      return (
        frameWords(event.frame, event.bytes) +
        (event.batch === undefined ? "" : ` (read ${event.batch})`)
      );
    case "octets":
      return `${event.what}, ${event.bytes} octets`;
    case "end": {
      const code = event.code === undefined ? "" : ` ${event.code}`;
      const detail = event.detail === undefined ? "" : `: ${event.detail}`;
      return `end by the ${event.by}, ${event.how}${code}${detail}`;
    }
    case "testee":
      return `testee says ${JSON.stringify(event.event)}`;
    case "step":
      return `step: ${event.step}${event.label === undefined ? "" : ` (${event.label})`}`;
    case "lag":
      return `the harness was ${(event.lagNs / NS_PER_MS).toFixed(1)} ms late`;
    default:
      return event.kind;
  }
}

function frameWords(frame, bytes) {
  const version =
    frame.version === undefined || frame.version === 1 ? "" : ` of version ${frame.version}`;
  switch (frame.body) {
    case "heartbeat": {
      const { heartbeatTimeMs, replyRequested, timestamp, echo, heldUs, lowestVersion } =
        frame.heartbeat ?? {};
      const parts = [
        heartbeatTimeMs === undefined ? "without a heartbeat-time" : `${heartbeatTimeMs} ms`,
        replyRequested === true ? "a probe" : undefined,
        timestamp === undefined ? undefined : `timestamp ${timestamp}`,
        echo === undefined ? undefined : `echo ${echo}`,
        heldUs === undefined ? undefined : `held ${heldUs} µs`,
        lowestVersion === undefined ? undefined : `lowest version ${lowestVersion}`,
      ];
      return `heartbeat${version}, ${parts.filter((part) => part !== undefined).join(", ")}`;
    }
    case "data": {
      const text = frame.data?.text === undefined ? "" : ` ${JSON.stringify(frame.data.text)}`;
      return `data${version}, ${frame.data?.bytes ?? bytes} octets${text}${frame.more === true ? ", more follows" : ""}`;
    }
    case "close": {
      const { code = 0, reason, retryAfterMs } = frame.close ?? {};
      const why = reason === undefined || reason === "" ? "" : `: ${reason}`;
      const retry = retryAfterMs === undefined ? "" : `, retry after ${retryAfterMs} ms`;
      return `close${version}, ${closeName(code)}${retry}${why}`;
    }
    case "malformed":
      return `malformed frame${frame.problem === undefined ? "" : `: ${frame.problem}`}`;
    case "none":
      return `frame without a body${version}`;
    default:
      return `frame with an unknown body${version}`;
  }
}
