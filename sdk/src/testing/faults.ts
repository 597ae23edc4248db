import {
  type Clock,
  createRuntime,
  type Link,
  type LinkSink,
  type Runtime,
} from "../driver/index.ts";

/** Breaks both ends of each link of a transport. Made anew for each case, because some remember. */
export type LinkFault = () => (link: Link) => Link;

/** A link with some of its methods replaced. What a link may leave out is left out, so every frame passes `send`. */
export function faultyLink(link: Link, faults: Partial<Link>): Link {
  return {
    transport: link.transport,
    remote: link.remote,
    start: (sink) => link.start(sink),
    send: (frame) => link.send(frame),
    octetsSent: () => link.octetsSent(),
    pause: () => link.pause(),
    resume: () => link.resume(),
    close: (info) => link.close(info),
    abort: (info) => link.abort(info),
    ...faults,
  };
}

/** A link that tells its sink something else than it should. */
export function faultySink(link: Link, faults: (sink: LinkSink) => Partial<LinkSink>): Link {
  return faultyLink(link, {
    start: (sink) =>
      link.start({
        onFrame: (frame) => sink.onFrame(frame),
        onOctets: () => sink.onOctets(),
        onViolation: (code, detail) => sink.onViolation(code, detail),
        onDrain: () => sink.onDrain(),
        onClose: (end) => sink.onClose(end),
        ...faults(sink),
      }),
  });
}

/** A runtime whose clock has some of its methods replaced. */
export function faultyRuntime(runtime: Runtime, faults: Partial<Clock>): Runtime {
  const { clock } = runtime;
  return createRuntime({
    now: () => clock.now(),
    wallNow: () => clock.wallNow(),
    schedule: (at, run) => clock.schedule(at, run),
    afterRead: (run) => clock.afterRead(run),
    endOfTurn: (run) => clock.endOfTurn(run),
    ...faults,
  });
}

/** Deliberately broken links, by what is wrong with them. A suite that accepts one of them is worth nothing. */
export const linkFaults: Readonly<Record<string, LinkFault>> = {
  "swaps frames": () => (link) => {
    let held: Uint8Array | undefined;
    return faultyLink(link, {
      send: (frame) => {
        const before = held;
        held = before === undefined && frame.length === 127 ? frame.slice() : undefined;
        if (held !== undefined) return true;
        const room = link.send(frame);
        return before === undefined ? room : link.send(before);
      },
    });
  },
  "loses what comes before start": () => (link) => {
    let started: LinkSink | undefined;
    link.start({
      onFrame: (frame) => started?.onFrame(frame),
      onOctets: () => started?.onOctets(),
      onViolation: (code, detail) => started?.onViolation(code, detail),
      onDrain: () => started?.onDrain(),
      onClose: (end) => started?.onClose(end),
    });
    return faultyLink(link, {
      start: (sink) => {
        started = sink;
      },
    });
  },
  "says the end within close": () => (link) => {
    let sink: LinkSink | undefined;
    const broken = faultySink(link, (real) => {
      sink = real;
      return { onClose: (end) => (sink === undefined ? undefined : real.onClose(end)) };
    });
    broken.close = (info) => {
      const real = sink;
      sink = undefined;
      link.close(info);
      real?.onClose({ kind: "local" });
    };
    return broken;
  },
  "says there is room after the end": () => (link) => {
    let closed = false;
    return faultyLink(link, {
      send: (frame) => link.send(frame) || closed,
      close: (info) => {
        closed = true;
        link.close(info);
      },
    });
  },
  "forgets on close what still waits": () => (link) => {
    let waiting: Uint8Array[] = [];
    let closed = false;
    return faultyLink(link, {
      send: (frame) => {
        if (closed) return false;
        waiting.push(frame.slice());
        if (waiting.length === 1) {
          setTimeout(() => {
            for (const one of waiting.splice(0)) link.send(one);
          }, 5);
        }
        return true;
      },
      close: (info) => {
        closed = true;
        waiting = [];
        link.close(info);
      },
    });
  },
  "aborts only when there is room": () => (link) => {
    let full = false;
    return faultyLink(link, {
      send: (frame) => {
        const room = link.send(frame);
        full = !room;
        return room;
      },
      abort: (info) => {
        if (!full) link.abort(info);
      },
    });
  },
  "cannot be aborted before start": () => (link) => {
    let started = false;
    return faultyLink(link, {
      start: (sink) => {
        started = true;
        link.start(sink);
      },
      abort: (info) => {
        if (started) link.abort(info);
      },
    });
  },
  "says the end twice": () => (link) =>
    faultySink(link, (sink) => ({
      onClose: (end) => {
        sink.onClose(end);
        sink.onClose(end);
      },
    })),
  "goes on after the end": () => (link) =>
    faultySink(link, (sink) => ({
      onClose: (end) => {
        sink.onClose(end);
        sink.onOctets();
      },
    })),
  "never tells its own end": () => (link) =>
    faultySink(link, (sink) => ({
      onClose: (end) => {
        if (end.kind !== "local") sink.onClose(end);
      },
    })),
  "takes its own end for a failure": () => (link) =>
    faultySink(link, (sink) => ({
      onClose: (end) =>
        sink.onClose(end.kind === "local" ? { kind: "lost", cause: new Error("gone") } : end),
    })),
  "takes a close of the peer for a failure": () => (link) =>
    faultySink(link, (sink) => ({
      onClose: (end) =>
        sink.onClose(end.kind === "peer-closed" ? { kind: "lost", cause: new Error("gone") } : end),
    })),
  "takes an abort of the peer for its own": () => (link) =>
    faultySink(link, (sink) => ({
      onClose: (end) => sink.onClose(end.kind === "lost" ? { kind: "local" } : end),
    })),
  "never says that it is full": () => (link) =>
    faultyLink(link, {
      send: (frame) => {
        link.send(frame);
        return true;
      },
    }),
  "never says that there is room again": () => (link) => faultySink(link, () => ({ onDrain() {} })),
  "does not pause": () => (link) => faultyLink(link, { pause: () => true }),
  "does not resume": () => (link) => faultyLink(link, { resume() {} }),
  "counts no octets": () => (link) => faultyLink(link, { octetsSent: () => 0 }),
  "has no limit": () => (link) =>
    faultySink(link, (sink) => ({
      onViolation: () => sink.onFrame(new Uint8Array(4)),
    })),
  "mixes links up": () => {
    const links: Link[] = [];
    return (link) => {
      links.push(link);
      const own = links.length - 1;
      // As a table that two share: from the fifth on, frames go out on the link before.
      return faultyLink(link, {
        send: (frame) => (own < 10 ? link : (links[own - 2] ?? link)).send(frame),
      });
    };
  },
  "loses full chunks": () => (link) =>
    faultyLink(link, { send: (frame) => (frame.length > 65_536 ? true : link.send(frame)) }),
  "loses heartbeats": () => (link) =>
    faultyLink(link, { send: (frame) => (frame[2] === 0x12 ? true : link.send(frame)) }),
  "loses the Close": () => (link) =>
    faultyLink(link, { send: (frame) => (frame[2] === 0x22 ? true : link.send(frame)) }),
  "takes anything for life": () => (link) =>
    faultyLink(link, {
      start: (sink) => {
        let ended = false;
        const beat = setInterval(() => {
          if (!ended) sink.onOctets();
        }, 20);
        faultySink(link, () => ({
          onClose: (end) => {
            ended = true;
            clearInterval(beat);
            sink.onClose(end);
          },
        })).start(sink);
      },
    }),
};

/** A clock that judges before it reads: what [PW-CLK-2] forbids. */
export function judgesBeforeReading(runtime: Runtime): Runtime {
  return faultyRuntime(runtime, { afterRead: (run) => run() });
}
