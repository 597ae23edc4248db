/** The testee for the SDK, built beside this file. */
import { fileURLToPath } from "node:url";

/** A command line that starts it. */
export function sdkTestee(): string {
  const file = fileURLToPath(new URL("../sdk-testee/main.js", import.meta.url));
  return `"${process.execPath}" "${file}"`;
}
