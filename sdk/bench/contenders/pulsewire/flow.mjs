// Pulsewire as its documentation shows it: `session.send`, `drained` and `for await`, the same on
// every transport. The variant is the transport: tcp, ws or grpc.

/** A server announces nothing; its client beats, as in the README. */
const CLIENT = { heartbeatTimeMs: 5_000 };

/** @type {import("../../flow/contender.mjs").Receive} */
export async function receive({ variant, port, onMessage }) {
  const session = await dial(variant, port);
  read(session, (message) => onMessage(message.length));
}

/** @type {import("../../flow/contender.mjs").Send} */
export async function send({ variant, onListening }) {
  const session = await accept(variant, onListening);
  let isFull = false;
  return {
    burst(message, count) {
      for (let sent = 1; sent < count; sent += 1) {
        isFull = !session.send(message);
        if (isFull) return sent;
      }
      isFull = !session.send(message);
      return count;
    },
    ready: () => (isFull ? session.drained() : undefined),
  };
}

/** @type {import("../../flow/contender.mjs").Answer} */
export async function answer({ variant, onListening }) {
  const session = await accept(variant, onListening);
  for await (const message of session) if (!session.send(message)) await session.drained();
}

/** @type {import("../../flow/contender.mjs").Ask} */
export async function ask({ variant, port, onAnswer }) {
  const session = await dial(variant, port);
  read(session, (message) => onAnswer(message.length));
  return (message) => {
    session.send(message);
  };
}

/**
 * @param {import("pulsewire").Session} session
 * @param {(message: Uint8Array) => void} use
 */
async function read(session, use) {
  for await (const message of session) use(message);
}

/**
 * @param {string} variant
 * @param {(port: number) => void} onListening
 * @returns {Promise<import("pulsewire").Session>}
 */
async function accept(variant, onListening) {
  const { listen } = await binding(variant);
  return new Promise((resolve, reject) => {
    listen({ port: 0, host: "127.0.0.1", onSession: resolve }).then(
      ({ address }) => onListening(Number(/:(\d+)/.exec(address)?.[1])),
      reject,
    );
  });
}

/**
 * @param {string} variant
 * @param {number} port
 */
async function dial(variant, port) {
  if (variant === "tcp") {
    const { connect } = await import("pulsewire/tcp");
    return connect({ ...CLIENT, port, host: "127.0.0.1" });
  }
  const { connect } =
    variant === "ws" ? await import("pulsewire/ws") : await import("pulsewire/grpc");
  return connect({ ...CLIENT, url: `${variant}://127.0.0.1:${port}` });
}

/** @param {string} variant */
function binding(variant) {
  if (variant === "tcp") return import("pulsewire/tcp");
  return variant === "ws" ? import("pulsewire/ws") : import("pulsewire/grpc");
}
