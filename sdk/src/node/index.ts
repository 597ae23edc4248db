/**
 * What Node brings to those who write a `Link` of their own or open a `Watch`:
 * its clock and the one timer of the process.
 */
export { nodeRuntime } from "./runtime.ts";
