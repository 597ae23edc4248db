import { describe, expect, test } from "vitest";
import dashboard from "../../../docs/observability/pulsewire.json" with { type: "json" };
import { instrument } from "../../src/otel/index.ts";
import { listen } from "../../src/tcp/index.ts";
import { frames, published } from "../diagnostics/watched.ts";
import { measured, type Sample, Scraped } from "./scrape.ts";

// What is checked here is the shape that Grafana's model of a dashboard asks for, and that every
// expression finds series that the exporter serves. Loading it takes a Grafana, which no test has.

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: unknown;
  readonly targets?: readonly Target[];
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: unknown;
}

const panels: readonly Panel[] = dashboard.panels;
const queries = panels.flatMap((panel) =>
  (panel.targets ?? []).map((target) => ({ title: panel.title, ...target })),
);
const variables = dashboard.templating.list;

describe("as Grafana wants it", () => {
  test("belongs to no installation: no id, no uid, no version of a plugin, no input to map", () => {
    expect(dashboard.id).toBeNull();
    for (const key of ["uid", "__inputs", "__requires", "gnetId"]) {
      expect(dashboard).not.toHaveProperty(key);
    }
    expect(JSON.stringify(dashboard)).not.toContain("pluginVersion");
  });

  test("has what its model requires", () => {
    expect(dashboard).toMatchObject({
      title: "Pulsewire",
      schemaVersion: 42, // of Grafana 12 and 13; older ones read it too
      editable: true,
      time: { from: expect.stringMatching(/^now-/), to: "now" },
      annotations: { list: [] },
    });
  });

  test("asks one data source, which the viewer chooses", () => {
    const sources = variables.filter(({ type }) => type === "datasource");
    expect(sources).toMatchObject([{ name: "datasource", query: "prometheus" }]);
    const chosen = { type: "prometheus", uid: "$" + "{datasource}" };
    const asked = [
      ...panels.filter(({ type }) => type !== "row").map(({ datasource }) => datasource),
      ...queries.map(({ datasource }) => datasource),
      ...variables.filter(({ type }) => type === "query").map((each) => each.datasource),
    ];
    expect(asked.length).toBeGreaterThan(20);
    for (const source of asked) expect(source).toEqual(chosen);
  });

  test("its panels are of known types, have ids of their own, and do not overlap", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, string>();
    for (const { title, type, gridPos } of panels) {
      expect(["row", "stat", "timeseries"]).toContain(type);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x} ${y}`), `${title} lies on another`).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });

  test("its queries are told apart, and use no variable that is not there", () => {
    const builtIn = ["__rate_interval", "__range"];
    const known = [...variables.map(({ name }) => name), ...builtIn];
    for (const panel of panels) {
      const ids = (panel.targets ?? []).map(({ refId }) => refId);
      expect(new Set(ids).size).toBe(ids.length);
    }
    for (const { expr } of queries) {
      for (const [, name] of expr.matchAll(/\$\{?(\w+)/g)) expect(known).toContain(name);
    }
  });
});

describe("its queries, against the exporter", async () => {
  const samples = await everything();
  const names = new Set(samples.map(({ name }) => name));

  /** The parts of an expression that select series: a name or a pattern of it, and the labels. */
  function selectorsOf(expr: string) {
    return [...expr.matchAll(/(\w*)\{([^}]*)\}/g)].map(([, name = "", inside = ""]) => {
      const labels = [...inside.matchAll(/(\w+)(=~|=)"([^"]*)"/g)].map(
        ([, label = "", how, value = ""]) => ({ label, how, value }),
      );
      const pattern = labels.find(({ label }) => label === "__name__");
      return {
        // Prometheus anchors its patterns.
        names: new RegExp(`^(?:${pattern?.value ?? name})$`),
        labels: labels.filter((each) => each !== pattern),
      };
    });
  }

  test.each(queries)("$title, $refId: $expr", ({ expr, legendFormat }) => {
    const selectors = selectorsOf(expr);
    expect(selectors).toHaveLength(1);
    for (const selector of selectors) {
      const series = samples.filter(
        ({ name, labels }) =>
          selector.names.test(name) &&
          selector.labels.every(({ label, how, value }) => how === "=~" || labels[label] === value),
      );
      expect(series.length, "no such series").toBeGreaterThan(0);
      // `job` is Prometheus's own; the others are the exporter's.
      const known = new Set(["job", ...series.flatMap(({ labels }) => Object.keys(labels))]);
      const by = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(", ") ?? [];
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
      for (const label of [...selector.labels.map((each) => each.label), ...by]) {
        expect(known).toContain(label);
      }
      for (const label of shown) expect(by).toContain(label);
    }
  });

  test("find the histograms also under the names that OTLP gives them, with their unit", () => {
    const histograms = [...names].filter((name) => /_(bucket|count)$/.test(name));
    const patterns = queries.flatMap(({ expr }) => selectorsOf(expr)).map((each) => each.names);
    for (const name of histograms) {
      const translated = name.replace(/_(bucket|count)$/, "_seconds_$1");
      const asked = patterns.filter((pattern) => pattern.test(name));
      expect(asked.every((pattern) => pattern.test(translated))).toBe(true);
    }
  });

  test("ask for every metric there is", () => {
    const patterns = queries.flatMap(({ expr }) => selectorsOf(expr)).map((each) => each.names);
    const metrics = new Set([...names].map((name) => name.replace(/_(bucket|count|sum)$/, "")));
    expect(metrics.size).toBe(12);
    for (const metric of metrics) {
      const asked = patterns.some(
        (pattern) => pattern.test(metric) || pattern.test(`${metric}_bucket`),
      );
      expect(asked, metric).toBe(true);
    }
  });

  test("the variables ask for what is there", () => {
    for (const variable of variables) {
      if (variable.type !== "query") continue;
      const query = typeof variable.query === "string" ? "" : variable.query.query;
      const [, name = "", label = ""] =
        /^label_values\((\w+)(?:\{[^}]*\})?, (\w+)\)$/.exec(query) ?? [];
      expect(names).toContain(name);
      const known = samples.filter((sample) => sample.name === name);
      expect(["job", ...known.flatMap(({ labels }) => Object.keys(labels))]).toContain(label);
    }
  });
});

/** A scrape of a process in which everything has happened once. */
async function everything(): Promise<Sample[]> {
  await using scraped = new Scraped();
  using _ = instrument(scraped);
  const { link, clock } = published({ heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 });
  link.sink.onFrame(frames.heartbeat(1000));
  clock.stall(10_000);
  link.sink.onOctets();
  clock.advance(10_000);
  await using server = await listen({ minHeartbeatTimeMs: 100 });
  await (await measured(server.address)).close();
  return await scraped.samples();
}
