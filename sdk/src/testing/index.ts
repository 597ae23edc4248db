/**
 * For tests of what stands on Pulsewire: time that moves when it is told to,
 * two connections on a network that fails on demand, arbitraries, and the suite
 * that every transport has to pass. No test runner is imported: pass yours.
 */
export { type Arbitraries, arbitraries, type FastCheck } from "./arbitraries.ts";
export {
  ConnectionPair,
  type ConnectionPairOptions,
  connectionPair,
  type PairSide,
  type Told,
  type Transmission,
} from "./connection-pair.ts";
export {
  faultyLink,
  faultyRuntime,
  faultySink,
  judgesBeforeReading,
  type LinkFault,
  linkFaults,
} from "./faults.ts";
export {
  type RemotePeers,
  type TransportCapabilities,
  type TransportFixture,
  type TransportSuiteOptions,
  type TransportSuiteRunner,
  transportCases,
  transportSuite,
} from "./transport-suite.ts";
export { VirtualClock } from "./virtual-clock.ts";
