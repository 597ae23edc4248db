/** Who looks on at each transport. */
import type { TransportName } from "../../model.ts";
import { DelimitedReader } from "../../wire/delimited.ts";
import type { Side } from "../model.ts";
import { GrpcOnlooker } from "./grpc-onlooker.ts";
import { type Onlooker, type Passed, passedOf } from "./passed.ts";
import { WebSocketOnlooker } from "./websocket-onlooker.ts";

export function onlookerFor(transport: TransportName, from: Side): Onlooker {
  switch (transport) {
    case "tcp":
      return new StreamOnlooker();
    case "ws":
      return new WebSocketOnlooker(from);
    case "grpc":
      return new GrpcOnlooker(from);
  }
}

class StreamOnlooker implements Onlooker {
  readonly #reader = new DelimitedReader();

  get pendingBytes(): number {
    return this.#reader.pendingBytes;
  }

  push(octets: Uint8Array): Passed[] {
    return this.#reader.push(octets).flatMap(passedOf);
  }
}
