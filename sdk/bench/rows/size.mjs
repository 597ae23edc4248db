// What Pulsewire takes of a disk, what an import of it loads, and what it adds to a page. These do
// not vary, so once is enough.
import { statSync } from "node:fs";
import { bundle, filesOf, weigh } from "../../../scripts/bundle.mjs";
import { Unavailable } from "../framework/children.mjs";
import { Samples } from "../framework/samples.mjs";
import { installedBytes, sdkBytes } from "../size/installed.mjs";

const SUBPATHS = ["core", "", "tcp", "ws", "grpc"].map((name) =>
  `pulsewire/${name}`.replace(/\/$/, ""),
);
const PEERS = { ws: "ws", "grpc-js": "@grpc/grpc-js" };
/** What `pulsewire/ws` and `pulsewire/grpc` stand on is no part of them. */
const WITHOUT = Object.values(PEERS);

const common = /** @type {const} */ ({ unit: "KiB", better: "lower", best: "", plot: "size" });

/** @type {import("../framework/row.mjs").Experiment} */
export const size = {
  rows: [
    {
      ...common,
      id: "size",
      title: "Installed, with what it depends on",
      ours: ["pulsewire"],
      contenders: ["pulsewire", "of it, protobufjs", ...Object.keys(PEERS)],
    },
    {
      ...common,
      id: "size-loaded",
      title: "Source that an import loads, without ws and grpc-js for ours",
      ours: SUBPATHS,
      contenders: [...SUBPATHS, ...Object.keys(PEERS)],
    },
    {
      ...common,
      id: "size-page",
      title: "In a page, minified, gzip",
      ours: ["pulsewire/browser"],
      contenders: ["pulsewire/browser"],
    },
  ],
  packages: ["ws", "@grpc/grpc-js", "protobufjs"],
  rounds: { quick: 1, full: 1 },
  async measure({ leaveOut }) {
    const samples = new Samples();
    samples.add("size", "pulsewire", sdkBytes() / 1024);
    samples.add("size", "of it, protobufjs", installedBytes("protobufjs") / 1024);
    for (const name of SUBPATHS)
      samples.add("size-loaded", name, (await loadedBytes(name, WITHOUT)) / 1024);
    for (const [contender, name] of Object.entries(PEERS)) {
      try {
        samples.add("size", contender, installedBytes(name) / 1024);
        samples.add("size-loaded", contender, (await loadedBytes(name, [])) / 1024);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        leaveOut(contender, error.message);
      }
    }
    const [page] = await bundle('export { connect } from "pulsewire/browser";');
    samples.add("size-page", "pulsewire/browser", weigh(page?.code ?? "").gzip / 1024);
    return samples.byRow;
  },
};

/** @param {string} name @param {readonly string[]} without */
async function loadedBytes(name, without) {
  const files = await filesOf(`export * from ${JSON.stringify(name)};`, without);
  return files.reduce((all, file) => all + statSync(file).size, 0);
}
