import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

test("shows who was last heard when, logs both sides of the death, and is scraped", async () => {
  const { output, code } = await runExample("monitor.js");
  expect(code, output).toBe(0);
  expect(output).toMatch(/orders open, heard +\d+ ms ago \| prices \w+, heard +\d+ ms ago \| news/);

  // One from each side: the server's, and that of the client in the same process.
  const records = [...output.matchAll(/^log: (.*)$/gm)].map(([, line = ""]) => JSON.parse(line));
  expect(records).toHaveLength(2);
  for (const record of records) {
    expect(record).toMatchObject({ event: "pulsewire.session.end", byHeartbeat: true });
    expect(record.kind).toBe("peer-silent");
    expect(record.silentForMs).toBeGreaterThanOrEqual(1000);
    // The deadline to a tenth of a millisecond, unless this machine stood still [PW-CLK-3].
    if (!record.pardoned) expect(record.silentForMs - record.lateByMs).toBeCloseTo(1000, 0);
  }

  const value = (series: string) => {
    const line = output.split("\n").find((each) => each.trim().startsWith(series));
    return Number(line?.split(" ").at(-1));
  };
  expect(value("pulsewire_session_active{")).toBe(4);
  expect(value("pulsewire_session_opened_total{")).toBe(6);
  expect(value("pulsewire_detection_delay_count{")).toBe(2);
  expect(output).toMatch(/session_ended_total\{.*"peer-silent".*\} 2/);
});
