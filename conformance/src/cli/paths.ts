/** Paths that the user gave: what cannot be used is said in one line, and before any work is done. */
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** A path that cannot be used; the message says which, and why. */
export class PathError extends Error {
  override readonly name = "PathError";
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "there is a file, and no directory",
  EISDIR: "it is a directory",
  ENOENT: "no such file or directory",
  ENOSPC: "no space is left there",
  ENOTDIR: "a part of it is no directory",
  EPERM: "permission denied",
  EROFS: "what is there can only be read",
};

/**
 * Makes a directory if it is missing, and sees whether files can be made in it.
 *
 * @throws {PathError} if not.
 */
export function requireWritableDirectory(path: string): void {
  writing(path, () => {
    makeDirectory(path);
    accessSync(path, constants.W_OK | constants.X_OK);
  });
}

/** Not mkdir's own recursion: where nothing can be made, as in /proc, that never ends. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  mkdirSync(path);
}

/**
 * Sees whether a file can be written, or made; leaves it as it is.
 *
 * @throws {PathError} if not.
 */
export function requireWritableFile(path: string): void {
  writing(path, () => {
    const exists = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (exists === true) throw Object.assign(new Error(), { code: "EISDIR" });
    accessSync(exists === undefined ? dirname(path) : path, constants.W_OK);
  });
}

/** Does what writes to a path; throws a {@link PathError} if the system refuses. */
export function writing<T>(path: string, act: () => T): T {
  return using("write to", path, act);
}

/** Does what reads a path; throws a {@link PathError} if the system refuses. */
export function reading<T>(path: string, act: () => T): T {
  return using("read", path, act);
}

function using<T>(what: string, path: string, act: () => T): T {
  const refuse = (error: unknown): never => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new PathError(`cannot ${what} ${path}: ${WORDS[code] ?? code}`);
  };
  try {
    const done = act();
    return done instanceof Promise ? (done.catch(refuse) as T) : done;
  } catch (error) {
    return refuse(error);
  }
}
