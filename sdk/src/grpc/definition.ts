import type { MethodDefinition } from "@grpc/grpc-js";

/** The one method, on the wire [PW-GRPC-1]. */
export const CONNECT_PATH: string = "/pulsewire.v1.LivenessService/Connect";

/** `pulsewire.v1.LivenessService`, as `server.addService` takes it. */
export interface LivenessServiceDefinition {
  readonly connect: MethodDefinition<Uint8Array, Uint8Array>;
}

/**
 * `pulsewire.v1.LivenessService`: one call, frames both ways [PW-GRPC-1].
 *
 * Octets in and octets out: the core encodes and decodes frames, so a malformed
 * one is met by the protocol and not by gRPC.
 */
export const livenessServiceDefinition: LivenessServiceDefinition = {
  connect: {
    path: CONNECT_PATH,
    originalName: "Connect",
    requestStream: true,
    responseStream: true,
    requestSerialize: toBuffer,
    requestDeserialize: toOctets,
    responseSerialize: toBuffer,
    responseDeserialize: toOctets,
  },
};

/** grpc-js copies what it sends with methods that only a Buffer has. */
function toBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** A plain array: a Buffer's `slice` is a view, and nobody above this line expects that. */
function toOctets(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
