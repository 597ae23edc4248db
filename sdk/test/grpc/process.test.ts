import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "pulsewire/grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { Child } from "./processes.ts";
import { closing, mute, within } from "./support.ts";

describe("a process", () => {
  it.each([
    ["close", "closed"],
    ["abort", "aborted"],
    ["refused", "PW_CONNECT_FAILED"],
    ["signal", "TimeoutError"],
    ["listener", "closed"],
  ])("ends by itself once its sessions and listeners have: %s", async (what, said) => {
    const listener = closing(await listen({ onSession: () => {} }));
    const urls: Record<string, string> = { refused: "grpc://127.0.0.1:1", signal: await mute() };
    const child = new Child("leaver.mjs", what, urls[what] ?? listener.address);
    expect(await child.line()).toBe(said);
    expect(await within(child.exited)).toBe(0);
  });

  it("ends by itself also when its peer is frozen", async () => {
    const frozen = new Child("peer.mjs");
    const child = new Child("leaver.mjs", "down", await frozen.line());
    expect(await child.line()).toBe("connected");
    frozen.process.kill("SIGSTOP");
    expect(await child.line()).toBe("peer-silent");
    expect(await within(child.exited)).toBe(0);
  });

  it("is told what to install where grpc-js is missing", () => {
    const sdk = fileURLToPath(new URL("../../", import.meta.url));
    const root = mkdtempSync(join(tmpdir(), "pulsewire-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const copy = join(root, "node_modules", "pulsewire");
    mkdirSync(copy, { recursive: true });
    for (const part of ["package.json", "dist", "src/gen"]) {
      cpSync(join(sdk, part), join(copy, part), { recursive: true });
    }
    const protobufjs = fileURLToPath(new URL("../", import.meta.resolve("protobufjs/minimal.js")));
    symlinkSync(join(protobufjs, "protobufjs"), join(root, "node_modules", "protobufjs"));
    writeFileSync(
      join(root, "use.mjs"),
      `import { connect, listen, livenessService } from "pulsewire/grpc";
       livenessService();
       for (const attempt of [connect({ url: "grpc://127.0.0.1:1" }), listen()]) {
         await attempt.catch((error) => console.log(error.message));
       }`,
    );
    const { stdout, stderr } = spawnSync(process.execPath, ["use.mjs"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toContain("[PW_MISSING_DEPENDENCY]");
      expect(line).toContain("npm install @grpc/grpc-js");
    }
  });
});
