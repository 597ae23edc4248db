import { createRequire } from "node:module";
import { PulsewireError } from "../core/index.ts";

/** The optional peer dependency. */
type Ws = typeof import("ws");

/**
 * Loads `ws`. Not with `import`, whose failure would be that of whoever imports
 * this package, and not with `import()`, because `attach` answers at once.
 *
 * @throws PulsewireError `PW_MISSING_DEPENDENCY`.
 */
export function loadWs(): Ws {
  try {
    return createRequire(import.meta.url)("ws");
  } catch (cause) {
    throw new PulsewireError(
      "PW_MISSING_DEPENDENCY",
      "pulsewire/ws stands on the package ws, which could not be loaded: npm install ws",
      { cause },
    );
  }
}
