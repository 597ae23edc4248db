// What comes with an import of the SDK, bundled and minified as a user would.
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const sdk = fileURLToPath(new URL("../sdk/", import.meta.url));
/** The SDK's own. @type {typeof import("rolldown")} */
const { rolldown } = await import(
  pathToFileURL(createRequire(`${sdk}package.json`).resolve("rolldown")).href
);

/**
 * For a browser: one minified chunk for each part that `source` needs; of no parts, one for all.
 *
 * @param {string} source
 * @param {{ name: string, test: RegExp }[]} parts
 */
export async function bundle(source, parts = []) {
  const build = await open(source, { platform: "browser" });
  const { output } = await build.generate({
    format: "esm",
    minify: true,
    codeSplitting: parts.length > 0 && {
      groups: parts,
      includeDependenciesRecursively: false,
      minSize: 0,
    },
  });
  await build.close();
  return output.flatMap((each) =>
    each.type === "chunk" ? [{ name: each.name, code: each.code, modules: each.moduleIds }] : [],
  );
}

/**
 * The files that Node loads for `source`, used or not, but for those of the packages `without`.
 *
 * @param {string} source
 * @param {readonly string[]} without
 */
export async function filesOf(source, without = []) {
  const build = await open(source, {
    platform: "node",
    treeshake: false,
    external: [...without],
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const modules = output.flatMap((each) => (each.type === "chunk" ? each.moduleIds : []));
  return modules.filter((id) => !id.startsWith("\0"));
}

/** @param {string} code */
export function weigh(code) {
  return {
    raw: Buffer.byteLength(code),
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
  };
}

/**
 * @param {string} source
 * @param {import("rolldown").InputOptions} options
 */
function open(source, options) {
  return rolldown({
    input: "entry",
    cwd: sdk,
    preserveEntrySignatures: "allow-extension",
    ...options,
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? "\0entry" : undefined),
        load: (id) => (id === "\0entry" ? source : undefined),
      },
    ],
  });
}
