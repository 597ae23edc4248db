/** The peers of a file as they can take part: whose toolchain is there, and what to do about the others. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { PeerSource } from "../matrix/estate.ts";
import type { MatrixPeer } from "../matrix/model.ts";
import { type PeerEntry, type PeerProgram, PeersError, parsePeers } from "../matrix/peers-file.ts";
import { hasToolchain, runCommand } from "../matrix/toolchain.ts";
import { TesteeProcess } from "../testee/process.ts";
import { reading } from "./paths.ts";
import { sdkTestee } from "./sdk-testee.ts";

/** Peers that were required take no part; the message names all of them, and what to do. */
export class MissingPeersError extends Error {
  override readonly name = "MissingPeersError";
}

/**
 * Reads a file of peers.
 *
 * @throws {PathError} if it cannot be read.
 * @throws {PeersError} if it is none, or a directory in it does not exist.
 */
export function openPeers(file: string): PeerEntry[] {
  const peers = parsePeers(
    reading(file, () => readFileSync(file, "utf8")),
    file,
  );
  for (const peer of peers)
    if (!("builtin" in peer) && !isDirectory(directoryOf(peer, file)))
      throw new PeersError(`${file}: ${peer.name}: there is no directory ${peer.directory}`);
  return peers;
}

export function directoryOf({ directory }: PeerProgram, file: string): string {
  return resolve(dirname(file), directory);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** How each peer is started, after its setup if that is wanted; or why it is left out. */
export async function sourcesOf(
  peers: readonly PeerEntry[],
  file: string,
  {
    setup,
    signal,
    tell,
  }: {
    readonly setup: boolean;
    readonly signal: AbortSignal;
    readonly tell: (text: string) => void;
  },
): Promise<PeerSource[]> {
  const sources: PeerSource[] = [];
  for (const peer of peers) {
    const source = await sourceOf(peer, file, signal);
    signal.throwIfAborted();
    const command = "builtin" in peer || !setup ? undefined : peer.setup;
    if (command === undefined || source.leftOut !== undefined) {
      sources.push(source);
      continue;
    }
    tell(`${peer.name}: ${command}\n`);
    const done = await runCommand(command, directoryOf(peer as PeerProgram, file), {
      signal,
      tell,
    });
    signal.throwIfAborted();
    const why = `its setup failed: ${done.what}`;
    sources.push(done.ok ? source : { ...source, leftOut: { why } });
  }
  return sources;
}

async function sourceOf(peer: PeerEntry, file: string, signal: AbortSignal): Promise<PeerSource> {
  const { name } = peer;
  if ("builtin" in peer)
    return {
      name,
      language: "TypeScript",
      source: { start: () => new TesteeProcess(sdkTestee(), signal) },
    };
  const { language, needs, install, setup, testee } = peer;
  const directory = directoryOf(peer, file);
  const found = needs === undefined ? undefined : await hasToolchain(needs, directory, signal);
  return {
    name,
    language,
    source: { start: () => new TesteeProcess(testee, signal, directory) },
    ...(setup === undefined ? {} : { advice: `set it up with: ${setup}` }),
    ...(found === undefined || found.ok
      ? {}
      : {
          leftOut: {
            why: `it needs "${needs}", and ${found.what}`,
            ...(install === undefined ? {} : { advice: install }),
          },
        }),
  };
}

/** @throws {MissingPeersError} if one of those that are required takes no part. */
export function requirePeers(
  peers: readonly MatrixPeer[],
  required: readonly string[] | undefined,
): void {
  const lines = peers.flatMap(({ name, leftOut }) => {
    if (leftOut === undefined || required?.includes(name) !== true) return [];
    const advice = leftOut.advice === undefined ? "" : `\n    ${leftOut.advice}`;
    return [`  ${name}: ${leftOut.why}${advice}`];
  });
  if (lines.length > 0)
    throw new MissingPeersError(`required, and not there:\n${lines.join("\n")}`);
}
