import { experimentOf } from "../framework/row.mjs";
import { codec } from "./codec.mjs";
import * as echo from "./echo.mjs";
import { experiment as growthSockets } from "./growth/sockets.mjs";
import { experiment as growthVirtual } from "./growth/virtual.mjs";
import * as grpcFlow from "./grpc-flow.mjs";
import { experiment as idleGrpc } from "./idle/grpc.mjs";
import { experiment as idleTcp } from "./idle/tcp.mjs";
import { experiment as idleWs } from "./idle/ws.mjs";
import { row as falseKills } from "./kills/false-kills.mjs";
import { experiment as lateness } from "./lateness/detection-lateness.mjs";
import { size } from "./size.mjs";
import { startup } from "./startup.mjs";
import * as tcpFlow from "./tcp-flow.mjs";
import * as wsFlow from "./ws-flow.mjs";

/**
 * Every measurement, in the order of docs/performance.md. One with a single row of its own
 * is `experimentOf(row)`.
 *
 * @type {readonly import("../framework/row.mjs").Experiment[]}
 */
export const experiments = [
  idleTcp,
  idleWs,
  idleGrpc,
  experimentOf(falseKills),
  lateness,
  codec,
  tcpFlow.small,
  tcpFlow.large,
  wsFlow.small,
  wsFlow.large,
  grpcFlow.small,
  grpcFlow.large,
  echo.tcp,
  echo.ws,
  echo.grpc,
  growthSockets,
  growthVirtual,
  startup,
  size,
];
