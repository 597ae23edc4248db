// What it takes to write and to read a heartbeat: the one that an idle connection carries, with the
// sender's clock and what it heard last, and the bare one of seven octets.
import { Unavailable } from "../framework/children.mjs";
import { Samples } from "../framework/samples.mjs";

const program = new URL("../codec/child.mjs", import.meta.url);

/** @type {Readonly<Record<string, string>>} */
const CONTENDERS = {
  pulsewire: "pulsewire.mjs",
  "pulsewire, kept": "pulsewire-kept.mjs",
  "hand-written": "hand-written.mjs",
  protobufjs: "protobufjs.mjs",
  "protobuf-es": "protobuf-es.mjs",
};

const KINDS = /** @type {const} */ ([
  { kind: "timed", suffix: "", what: "Heartbeat with its times" },
  { kind: "bare", suffix: "-bare", what: "Heartbeat of seven octets" },
]);

/** 12 and 25 ns where hand-written takes 6 and 10. @type {Readonly<Record<"encode" | "decode", { best: string, times: number }>>} */
const DIRECTIONS = {
  encode: {
    best: "bare: protobufjs 220, protobuf-es 806, hand-written with a reused buffer 6",
    times: 2,
  },
  decode: {
    best: "bare: protobufjs 124, protobuf-es 419, hand-written with a reused buffer 18",
    times: 2.5,
  },
};

/** @type {import("../framework/row.mjs").RowFacts[]} */
const rows = KINDS.flatMap(({ suffix, what }) =>
  /** @type {const} */ (["encode", "decode"]).flatMap((direction) => {
    const { best, times } = DIRECTIONS[direction];
    const common = /** @type {const} */ ({
      better: "lower",
      ours: ["pulsewire"],
      contenders: Object.keys(CONTENDERS),
      plot: "codec",
    });
    return [
      {
        ...common,
        id: `codec-${direction}${suffix}`,
        title: `${what}, ${direction}`,
        unit: "ns",
        best,
        baseline: "hand-written",
        target: {
          text: `at most ${times} times hand-written`,
          limit: (medians) => times * (medians["hand-written"] ?? Number.NaN),
        },
      },
      {
        ...common,
        id: `codec-${direction}${suffix}-bytes`,
        title: `${what}, ${direction}: allocated`,
        unit: "B",
        best: direction === "encode" ? "bare: protobufjs 782" : "bare: protobufjs 162",
        target: { text: "nothing", limit: () => 0 },
      },
    ];
  }),
);

/** @type {import("../framework/row.mjs").Experiment} */
export const codec = {
  rows,
  packages: ["@bufbuild/protobuf"],
  async measure({ quick, order, children, leaveOut }) {
    const samples = new Samples();
    const times = quick ? { warmUpMs: 80, sampleMs: 80 } : { warmUpMs: 150, sampleMs: 250 };
    for (const contender of order) {
      for (const { kind, suffix } of KINDS) {
        // A process for each kind: what V8 learnt from one form of an object slows the other down.
        const child = await children.start(program);
        try {
          const module = CONTENDERS[contender];
          const found = await child.ask("measure", { module, kind, ...times });
          for (const direction of ["encode", "decode"]) {
            const id = `codec-${direction}${suffix}`;
            samples.add(id, contender, found[`${direction}Ns`]);
            samples.add(`${id}-bytes`, contender, found[`${direction}Bytes`]);
          }
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          leaveOut(contender, error.message);
        } finally {
          await child.end();
        }
      }
    }
    return samples.byRow;
  },
};
