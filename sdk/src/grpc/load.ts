import { PulsewireError } from "../core/index.ts";

/** The optional peer dependency. */
export type Grpc = typeof import("@grpc/grpc-js");

/**
 * Loads grpc-js. Only here and only when it is needed: an `import` at the top
 * would make its absence the failure of whoever imports this package.
 *
 * @throws (rejects with) PulsewireError `PW_MISSING_DEPENDENCY`.
 */
export async function loadGrpc(): Promise<Grpc> {
  try {
    return await import("@grpc/grpc-js");
  } catch (cause) {
    throw new PulsewireError(
      "PW_MISSING_DEPENDENCY",
      "pulsewire/grpc stands on the package @grpc/grpc-js, which could not be loaded: npm install @grpc/grpc-js",
      { cause },
    );
  }
}
