import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";

vi.setConfig({ testTimeout: 30_000 });

const SDK = fileURLToPath(new URL("../../", import.meta.url));

/** What a program prints before it ends by itself; it is given 15 s. */
async function run(program: string, cwd: string = SDK): Promise<string> {
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 15_000 });
  return stdout;
}

test("nothing keeps a process alive once all is closed, whichever way it went", async () => {
  const output = await run(`
    import { createServer } from "node:http";
    import { attach, connect, listen } from "pulsewire/ws";
    const quietly = (promise) => promise.then((session) => session.abort(), (error) => error.code);
    const listener = await listen({ heartbeatTimeMs: 5000, onSession: () => {} });
    const url = listener.address;
    const sessions = await Promise.all([1, 2, 3, 4].map(() => connect({ url, heartbeatTimeMs: 1000 })));
    sessions[0].abort();
    await sessions[1].close();
    sessions[2].send("x");
    console.log(await quietly(connect({ url: "ws://127.0.0.1:1" })));
    console.log(await quietly(connect({ url, headers: { origin: "x" }, protocols: ["a b"] })));
    const controller = new AbortController();
    const attempt = quietly(connect({ url, signal: controller.signal }));
    controller.abort();
    await attempt;
    await listener.close();
    const http = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => http.once("listening", resolve));
    const attached = attach(http);
    const last = await connect({ url: attached.address });
    await attached.close();
    http.close();
    console.log(sessions.map(({ end }) => end.kind).join(), (await last.closed).code);
    console.log(await quietly(listen({ host: "192.0.2.1" })));
  `);
  expect(output.split("\n")).toEqual([
    "PW_CONNECT_FAILED",
    "PW_CONFIG",
    "aborted,closed,closed,closed 2",
    "PW_LISTEN_FAILED",
    "",
  ]);
});

test("without ws installed: PW_MISSING_DEPENDENCY says what to do, and the rest works", async () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "pulsewire-")));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const modules = join(home, "node_modules");
  mkdirSync(join(modules, "pulsewire"), { recursive: true });
  for (const part of ["dist", "src/gen", "package.json"]) {
    cpSync(join(SDK, part), join(modules, "pulsewire", part), { recursive: true });
  }
  const require = createRequire(import.meta.url);
  const protobufjs = dirname(require.resolve("protobufjs/package.json"));
  symlinkSync(protobufjs, join(modules, "protobufjs"));
  const output = await run(
    `
    import { createServer } from "node:http";
    import { attach, connect, listen } from "pulsewire/ws";
    const told = ({ code, message }) => console.log(code, message.includes("npm install ws"));
    await connect({ url: "ws://localhost:1" }).catch(told);
    await listen({ port: 0 }).catch(told);
    try { attach(createServer()); } catch (error) { told(error); }
  `,
    home,
  );
  expect(output).toBe("PW_MISSING_DEPENDENCY true\n".repeat(3));
});
