import { channel } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { metrics } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { CloseCode } from "../../src/core/index.ts";
import { EVENT_CHANNELS, STALL_CHANNEL } from "../../src/diagnostics/index.ts";
import { instrument } from "../../src/otel/index.ts";
import { listen } from "../../src/tcp/index.ts";
import { frames, published, publishingWorld } from "../diagnostics/watched.ts";
import { measured, type Sample, Scraped, total } from "./scrape.ts";

const BEATING = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 };

describe("values, in virtual time", () => {
  test("of a peer that answers, is suspected, recovers and dies", async () => {
    await using scraped = new Scraped();
    using _ = instrument(scraped);
    const { link, clock, session } = published(BEATING); // sends one at the opening
    link.sink.onFrame(frames.heartbeat(1000));
    link.sink.onFrame(frames.heartbeat(1000));
    clock.advance(1300); // one more at 850; suspect at 1250, and a probe
    link.sink.onOctets(); // recovers
    clock.advance(1499);
    let samples = await scraped.samples();
    const on = { pulsewire_transport: "scripted" };
    expect(total(samples, "pulsewire_session_active", on)).toBe(1);
    expect(total(samples, "pulsewire_session_opened_total", on)).toBe(1);
    expect(total(samples, "pulsewire_session_ended_total")).toBe(0);
    expect(total(samples, "pulsewire_heartbeat_received_total", on)).toBe(2);
    const sent = (cause: string) =>
      total(samples, "pulsewire_heartbeat_sent_total", { ...on, pulsewire_heartbeat_cause: cause });
    expect([sent("opening"), sent("cadence"), sent("probe")]).toEqual([1, 2, 2]);
    expect(total(samples, "pulsewire_peer_suspected_total", on)).toBe(2);
    expect(total(samples, "pulsewire_peer_recovered_total", on)).toBe(1);
    clock.advance(1);
    expect(session.end?.kind).toBe("peer-silent");

    samples = await scraped.samples();
    expect(total(samples, "pulsewire_session_active", on)).toBe(0);
    expect(
      total(samples, "pulsewire_session_ended_total", {
        ...on,
        pulsewire_end_kind: "peer-silent",
        pulsewire_end_by_heartbeat: "true",
      }),
    ).toBe(1);
    expect(total(samples, "pulsewire_detection_delay_count", on)).toBe(1);
    expect(total(samples, "pulsewire_detection_delay_sum", on)).toBeCloseTo(1.5);
    expect(total(samples, "pulsewire_detection_delay_bucket", { le: "1" })).toBe(0);
    expect(total(samples, "pulsewire_detection_delay_bucket", { le: "2" })).toBe(1);
  });

  test("of a stall of this process, for which the peer is pardoned", async () => {
    await using scraped = new Scraped();
    using _ = instrument(scraped);
    const { link, clock } = published(BEATING);
    link.sink.onFrame(frames.heartbeat(1000));
    clock.stall(3000); // the timer was set for 800
    const samples = await scraped.samples();
    expect(total(samples, "pulsewire_peer_pardoned_total")).toBe(1);
    expect(total(samples, "pulsewire_loop_stall_duration_count")).toBe(1);
    expect(total(samples, "pulsewire_loop_stall_duration_sum")).toBeCloseTo(2.2);
    const stall = samples.filter(({ name }) => name === "pulsewire_loop_stall_duration_count");
    expect(Object.keys(stall[0]?.labels ?? {})).toEqual(["otel_scope_name"]);
  });

  test("of a transport that takes nothing", async () => {
    await using scraped = new Scraped();
    using _ = instrument(scraped);
    const { link, clock, session } = published(BEATING);
    link.room = false;
    link.sink.onFrame(frames.heartbeat(1000));
    for (let at = 0; at < 10; at += 1) {
      clock.advance(500);
      link.sink.onOctets();
    }
    expect(session.end?.kind).toBe("outbound-blocked");
    const blocked = { pulsewire_end_kind: "outbound-blocked" };
    const samples = await scraped.samples();
    expect(total(samples, "pulsewire_detection_delay_sum", blocked)).toBeCloseTo(1.5);
  });

  test("of ends: kind, code and side, and one word for all codes that have no name", async () => {
    await using scraped = new Scraped();
    using _ = instrument(scraped);
    const closed = (code: number) => published().link.sink.onFrame(frames.close(code));
    closed(CloseCode.HEARTBEAT_TIMEOUT);
    for (let code = 1000; code < 1050; code += 1) closed(code);
    const own = published();
    own.session.close();
    own.link.sink.onClose({ kind: "local" });
    published().link.sink.onFrame(new Uint8Array());
    published().session.abort("a reason that is nobody's label");

    const samples = await scraped.samples();
    const ended = samples
      .filter(({ name, value }) => name === "pulsewire_session_ended_total" && value > 0)
      .map(({ labels, value }) => {
        const { otel_scope_name, pulsewire_transport, ...rest } = labels;
        expect([otel_scope_name, pulsewire_transport]).toEqual(["pulsewire", "scripted"]);
        return [Object.values(rest).join(" "), value];
      });
    expect(Object.fromEntries(ended)).toEqual({
      "closed true remote HEARTBEAT_TIMEOUT": 1,
      "closed false remote _OTHER": 50,
      "closed false local NORMAL": 1,
      "protocol-error false PROTOCOL_ERROR": 1,
      "aborted false": 1,
    });
    expect(await scraped.text()).not.toMatch(/the test|nobody's label/); // no address, no reason
  });

  test("what is rare begins with 0, in the series in which it will be counted", async () => {
    await using scraped = new Scraped();
    using _ = instrument(scraped);
    const { link, clock } = published(BEATING);
    const other = published();
    const rare = /^pulsewire_(session_ended|peer_\w+)_total$/;
    const seriesOf = (samples: readonly Sample[]) =>
      samples.filter(({ name }) => rare.test(name)).map(({ name, labels }) => ({ name, labels }));
    const before = await scraped.samples();
    expect(seriesOf(before)).toHaveLength(7);
    expect(before.filter(({ name }) => rare.test(name)).every(({ value }) => value === 0)).toBe(
      true,
    );
    link.sink.onFrame(frames.heartbeat(1000));
    clock.stall(10_000);
    link.sink.onOctets();
    clock.advance(10_000);
    other.link.sink.onFrame(frames.close(CloseCode.HEARTBEAT_TIMEOUT));
    const after = await scraped.samples();
    expect(seriesOf(after)).toEqual(seriesOf(before));
    expect(total(after, "pulsewire_session_ended_total")).toBe(2);
  });

  test("late: what is open already is active from its next event on", async () => {
    await using scraped = new Scraped();
    const world = publishingWorld();
    const beating = published(BEATING, world);
    const dying = published({}, world);
    using _ = instrument(scraped);
    expect(total(await scraped.samples(), "pulsewire_session_active")).toBe(0);
    beating.clock.advance(1000);
    dying.session.abort();
    const samples = await scraped.samples();
    expect(total(samples, "pulsewire_session_active")).toBe(1);
    expect(total(samples, "pulsewire_session_opened_total")).toBe(0);
    expect(total(samples, "pulsewire_session_ended_total")).toBe(1);
  });

  test("unsubscribing takes back what is still active, and counts no more", async () => {
    await using scraped = new Scraped();
    const { unsubscribe } = instrument({ meter: scraped.meterProvider.getMeter("mine") });
    const { session } = published();
    expect(total(await scraped.samples(), "pulsewire_session_active")).toBe(1);
    unsubscribe();
    unsubscribe();
    session.abort();
    const samples = await scraped.samples();
    expect(total(samples, "pulsewire_session_active", { otel_scope_name: "mine" })).toBe(0);
    expect(total(samples, "pulsewire_session_ended_total")).toBe(0);
    for (const name of [...Object.values(EVENT_CHANNELS), STALL_CHANNEL]) {
      expect(channel(name).hasSubscribers).toBe(false);
    }
  });
});

test("sessions over TCP, scraped over HTTP", async () => {
  await using scraped = new Scraped();
  using _ = instrument(scraped);
  await using server = await listen({ minHeartbeatTimeMs: 100 });
  const session = await measured(server.address);
  const tcp = { pulsewire_transport: "tcp" };
  const open = await scraped.samples();
  expect(total(open, "pulsewire_session_active", tcp)).toBe(2);
  expect(total(open, "pulsewire_heartbeat_round_trip_duration_count", tcp)).toBeGreaterThan(0);
  expect(total(open, "pulsewire_heartbeat_sent_total", tcp)).toBeGreaterThan(1);
  expect(total(open, "pulsewire_heartbeat_received_total", tcp)).toBeGreaterThan(1);
  const accepted = [...server.sessions].map((peer) => peer.closed);
  await session.close();
  await Promise.all(accepted);
  const closed = await scraped.samples();
  expect(total(closed, "pulsewire_session_active", tcp)).toBe(0);
  for (const by of ["local", "remote"]) {
    expect(
      total(closed, "pulsewire_session_ended_total", {
        ...tcp,
        pulsewire_close_by: by,
        pulsewire_close_code: "NORMAL",
      }),
    ).toBe(1);
  }
});

describe("what it is given", () => {
  test.each([
    ["nothing", undefined],
    ["neither", {}],
    ["something else", { meterProvider: {} }],
    ["both", { meter: metrics.getMeter("x"), meterProvider: metrics.getMeterProvider() }],
  ])("%s is PW_CONFIG", (_, options) => {
    expect(() => instrument(options as never)).toThrow(
      expect.objectContaining({ code: "PW_CONFIG" }),
    );
  });

  test("a provider that measures nothing is fine", () => {
    using _ = instrument({ meterProvider: metrics.getMeterProvider() });
    published().session.abort();
  });
});

test("nothing but types of @opentelemetry/api is needed: the emitted code imports none of it", () => {
  for (const name of ["index", "instrument", "instruments"]) {
    const code = readFileSync(new URL(`../../dist/otel/${name}.js`, import.meta.url), "utf8");
    expect(code).not.toMatch(/from "@opentelemetry/);
  }
});

test("docs/observability.md has a row for each metric: name, kind, unit, attributes", async () => {
  const page = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  const rows = [
    ...page.matchAll(/^\| `(pulsewire\.[\w.]+)` \| ([\w-]+) \| `([^`]+)` \| ([^|]*) \|/gm),
  ].map(([, name, kind, unit, attributes = ""]) => [
    name,
    kind,
    unit,
    [...attributes.matchAll(/`(pulsewire\.[\w.]+)`/g)].map(([, attribute]) => attribute).sort(),
  ]);

  await using scraped = new Scraped();
  using _ = instrument(scraped);
  const { link, clock } = published(BEATING);
  link.sink.onFrame(frames.heartbeat(1000));
  clock.stall(10_000);
  link.sink.onOctets();
  clock.advance(10_000);
  published().link.sink.onFrame(frames.close(1));
  await using server = await listen({ minHeartbeatTimeMs: 100 });
  await (await measured(server.address)).close();

  const text = await scraped.text();
  const samples = await scraped.samples();
  const prometheus: Record<string, string> = { gauge: "up-down-counter" };
  const served = [...text.matchAll(/^# UNIT (\w+) (\S+)\n# TYPE \w+ (\w+)$/gm)].map(
    ([, name = "", unit, type = ""]) => [
      name,
      prometheus[type] ?? type,
      unit,
      [
        ...new Set(
          samples
            .filter((sample) => sample.name.startsWith(name))
            .flatMap(({ labels }) => Object.keys(labels)),
        ),
      ]
        .filter((label) => label.startsWith("pulsewire"))
        .sort(),
    ],
  );
  const translated = rows.map(([name = "", kind, unit, attributes]) => [
    `${String(name).replaceAll(".", "_")}${kind === "counter" ? "_total" : ""}`,
    kind,
    unit,
    (attributes as string[]).map((attribute) => attribute.replaceAll(".", "_")).sort(),
  ]);
  const byName = (a: unknown[], b: unknown[]) => String(a[0]).localeCompare(String(b[0]));
  expect(served).toHaveLength(12);
  expect(translated.sort(byName)).toEqual(served.sort(byName));
});
