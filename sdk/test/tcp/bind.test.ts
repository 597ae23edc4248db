import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { relay } from "pulsewire/relay";
import { connect, listen } from "pulsewire/tcp";
import { describe, expect, it, onTestFinished } from "vitest";

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "pulsewire-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "a.sock");
}

/** What is left of a listener that was killed. */
function abandon(path: string): void {
  const script =
    "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  expect(() => execFileSync(process.execPath, ["-e", script, path])).toThrow();
}

describe("a Unix socket", () => {
  it("that a killed process left is taken over", async () => {
    const path = newPath();
    abandon(path);
    await using server = await listen({ path });
    const session = await connect({ path });
    await session.close();
    expect(server.address).toBe(`unix:${path}`);
  });

  it("that a killed process left is taken over by a relay", async () => {
    const path = newPath();
    abandon(path);
    await using running = await relay({ listen: `plain+unix:${path}`, to: "tcp://127.0.0.1:1" });
    expect(running.address).toBe(`plain+unix:${path}`);
  });

  it("at which somebody listens is left alone", async () => {
    const path = newPath();
    await using _server = await listen({ path });
    await expect(listen({ path })).rejects.toMatchObject({
      code: "PW_ADDRESS_IN_USE",
      message: expect.stringContaining("another process listens there"),
    });
    await (await connect({ path })).close();
  });

  it("is not made of a file", async () => {
    const path = newPath();
    writeFileSync(path, "mine");
    await expect(listen({ path })).rejects.toMatchObject({
      code: "PW_ADDRESS_IN_USE",
      message: expect.stringContaining("no socket"),
    });
    expect(readFileSync(path, "utf8")).toBe("mine");
  });
});
