import { load } from "../../framework/child.mjs";

/** The call of the Pulsewire service, with octets in and octets out. */
const definition = {
  connect: {
    path: "/pulsewire.v1.LivenessService/Connect",
    originalName: "Connect",
    requestStream: true,
    responseStream: true,
    requestSerialize: (/** @type {Buffer} */ octets) => octets,
    requestDeserialize: (/** @type {Buffer} */ octets) => octets,
    responseSerialize: (/** @type {Buffer} */ octets) => octets,
    responseDeserialize: (/** @type {Buffer} */ octets) => octets,
  },
};

/**
 * A server of grpc-js with one streaming call, which sends its headers at once.
 *
 * @param {(call: any) => void} handle
 * @param {Record<string, number>} [options] Of the server.
 * @returns {Promise<number>} Its port.
 */
export async function listen(handle, options = {}) {
  const { Server, ServerCredentials } = await load("@grpc/grpc-js");
  const server = new Server(options);
  server.addService(definition, {
    connect(/** @type {any} */ call) {
      call.on("error", () => {});
      call.sendMetadata(call.metadata.clone());
      handle(call);
    },
  });
  return new Promise((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync(
      "127.0.0.1:0",
      credentials,
      (/** @type {Error | null} */ error, /** @type {number} */ port) => {
        if (error === null) resolve(port);
        else reject(error);
      },
    );
  });
}

/** The server's own keepalive: a PING of HTTP/2, and a time for its answer. @param {import("../idle-server.mjs").IdleOptions} options */
export function keepalive({ heartbeatTimeMs, slackMs }) {
  return { "grpc.keepalive_time_ms": heartbeatTimeMs, "grpc.keepalive_timeout_ms": slackMs };
}
