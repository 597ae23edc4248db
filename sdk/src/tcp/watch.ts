import { Socket } from "node:net";
import { Duplex } from "node:stream";
import {
  type ConnectionEnd,
  type LivenessConfig,
  type LivenessEvent,
  type NoOp,
  PulsewireError,
} from "../core/index.ts";
import { callUser, check, checkOptions, Watch } from "../driver/index.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { WriteProgress } from "./write-progress.ts";

/** Options of {@link watch}. What a callback throws is an uncaught exception; the watch goes on. */
export interface StreamWatchOptions extends LivenessConfig {
  /**
   * Writes something to the stream that changes nothing and that the peer
   * answers. Not called while octets of this side still wait in the stream: a
   * no-op could only queue behind them [PW-SND-8]. Nor after `end()`.
   */
  readonly sendNoOp: (why: NoOp) => void;
  /**
   * How the stream ended, once, whoever ended it, unless {@link Watch.stop} came first: "peer-silent" or
   * "outbound-blocked" (by this watch, which has destroyed the stream), "peer-closed", "link-lost", or "aborted" if
   * this side ended or destroyed it.
   */
  readonly onEnd?: ((end: ConnectionEnd) => void) | undefined;
  /** Called for what the watch notices: suspicion, recovery, delays of one's own, its end. */
  readonly onEvent?: ((event: LivenessEvent) => void) | undefined;
}

/**
 * Watches a stream whose peer cannot speak Pulsewire: a socket, a TLS socket,
 * any `Duplex` that is connected. The stream stays its owner's: what is read is
 * only noticed, however it is read, and `sendNoOp` alone writes.
 *
 * While octets of this side wait in the stream, the peer cannot be asked, and
 * its silence is not charged. Then the stream has to take some of them, or the
 * peer to speak, once in heartbeat-time + slack; otherwise the end is
 * "outbound-blocked", up to half a heartbeat-time later [PW-OUT-1].
 *
 * After `end()` the peer cannot be asked any more either: when all has gone out,
 * the watch is paused, and goes on to tell how the stream ends. `resume()` has
 * the silence charged from then on.
 *
 * A peer that is down loses the stream: it is destroyed with a
 * {@link PulsewireError} `PW_ENDED` that carries the end, so that whoever uses
 * it hears of it as of any error of a stream. Errors that nobody else listens
 * for do not end the process while the stream is watched.
 *
 * @throws PulsewireError `PW_CONFIG` for an option out of range, or a stream that
 *   is not connected yet or no longer, or that either side has ended; the stream
 *   is left as it was.
 */
export function watch(stream: Duplex, options: StreamWatchOptions): Watch {
  checkOptions(options);
  const { onEnd, sendNoOp } = options;
  check("onEnd", onEnd, "a function", typeof onEnd === "function");
  if (typeof sendNoOp !== "function") {
    throw new PulsewireError("PW_CONFIG", "sendNoOp must be a function that writes a no-op");
  }
  requireConnected(stream);

  const writing = new WriteProgress(stream);
  const finish = (end: ConnectionEnd): void => {
    watched.stop();
    callUser(() => onEnd?.(end));
  };
  const listeners = {
    data: () => watched.heard(),
    // Nobody can be asked any more; how long the answer may take is for the owner to say.
    finish: () => watched.pause(),
    drain: () => watched.progress(),
    error: (cause: Error) => finish(endOf(cause)),
    // Before the socket's own listener, which ends this side too, and then nobody can tell who began.
    end: () => finish(stream.writableEnded ? LOCAL : { kind: "peer-closed" }),
    close: () => finish(LOCAL),
  };
  const watched = Watch.open(
    {
      ...options,
      sendNoOp: (why) => {
        // Octets that the owner has not taken yet: it is this side that does not read [PW-LIV-9].
        if (stream.readableLength > 0) watched.heard();
        if (writing.hasMoved()) watched.progress(); // PW-OUT-2
        if (stream.writableLength > 0) watched.withheld();
        else if (!stream.writableEnded) sendNoOp(why);
      },
      onDown: (end) => {
        const message =
          end.kind === "peer-silent"
            ? `the peer was silent for ${Math.round(end.evidence.silentForMs)} ms`
            : `the stream took nothing for ${Math.round(end.blockedForMs)} ms`;
        stream.on("error", () => {}); // its owner may have no listener for this one
        stream.destroy(new PulsewireError("PW_ENDED", message, { side: "remote", end })); // PW-LIV-6
        finish(end);
      },
    },
    nodeRuntime,
    () => {
      for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener);
    },
  );
  for (const [event, listener] of Object.entries(listeners))
    stream.prependListener(event, listener);
  return watched;
}

const LOCAL: ConnectionEnd = { kind: "aborted", reason: undefined };

/** Another watch on the same stream, with other times, may have ended it. */
function endOf(cause: Error): ConnectionEnd {
  return (cause instanceof PulsewireError && cause.end) || { kind: "link-lost", cause };
}

function requireConnected(stream: Duplex): void {
  const refuse = (why: string): never => {
    throw new PulsewireError("PW_CONFIG", `watch needs a connected stream: ${why}`);
  };
  if (!(stream instanceof Duplex)) refuse("this is no Duplex of node:stream");
  if (stream.destroyed) refuse("this one has been destroyed");
  if (stream.readableEnded) refuse("the peer of this one has ended it");
  if (stream.writableEnded) refuse("this side has ended it");
  if (stream instanceof Socket && stream.pending) refuse("wait until this one is connected");
}
