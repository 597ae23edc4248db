// grpc-js alone: one bidirectional stream of a message with one bytes field, encoded by protobufjs,
// as it is behind @grpc/proto-loader.
import { createRequire } from "node:module";

// The ones that Pulsewire loads, so that both stand on the same.
const require = createRequire(import.meta.resolve("pulsewire/grpc"));
/** @type {typeof import("@grpc/grpc-js")} */
const grpc = require("@grpc/grpc-js");
/** @type {typeof import("protobufjs")} */
const protobuf = require("protobufjs");

const Message = protobuf
  .parse('syntax = "proto3"; message Message { bytes data = 1; }')
  .root.lookupType("Message");
const serialize = (/** @type {{ data: Uint8Array }} */ message) =>
  /** @type {Buffer} */ (Message.encode(message).finish());
const deserialize = (/** @type {Buffer} */ octets) =>
  /** @type {{ data: Uint8Array } & import("protobufjs").Message} */ (Message.decode(octets));

const service = {
  stream: {
    path: "/bench.Bench/Stream",
    requestStream: true,
    responseStream: true,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  },
};

/** @type {import("../../flow/contender.mjs").Receive} */
export async function receive({ port, onMessage }) {
  dial(port).on("data", ({ data }) => onMessage(data.length));
}

/** @type {import("../../flow/contender.mjs").Send} */
export async function send({ onListening }) {
  const call = await accept(onListening);
  return {
    burst(message, count) {
      for (let sent = 1; sent < count; sent += 1) if (!call.write({ data: message })) return sent;
      call.write({ data: message });
      return count;
    },
    ready() {
      if (!call.writableNeedDrain) return undefined;
      return new Promise((resolve) => {
        call.once("drain", () => resolve());
      });
    },
  };
}

/** @type {import("../../flow/contender.mjs").Answer} */
export async function answer({ onListening }) {
  const call = await accept(onListening);
  call.on("data", (message) => call.write(message));
}

/** @type {import("../../flow/contender.mjs").Ask} */
export async function ask({ port, onAnswer }) {
  const call = dial(port);
  call.on("data", ({ data }) => onAnswer(data.length));
  return (message) => {
    call.write({ data: message });
  };
}

/**
 * @param {(port: number) => void} onListening
 * @returns {Promise<import("@grpc/grpc-js").ServerDuplexStream<{ data: Uint8Array }, { data: Uint8Array }>>}
 */
function accept(onListening) {
  return new Promise((resolve, reject) => {
    const server = new grpc.Server();
    server.addService(service, { stream: resolve });
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) onListening(port);
      else reject(error);
    });
  });
}

/** @param {number} port */
function dial(port) {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const call = client.makeBidiStreamRequest(service.stream.path, serialize, deserialize);
  call.on("error", () => {});
  return call;
}
