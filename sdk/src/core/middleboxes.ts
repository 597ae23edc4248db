/** Something between two peers that ends or forgets connections which are idle. */
export interface Middlebox {
  /** For people. */
  readonly name: string;
  /** Its default limit, in ms; most can be set otherwise. */
  readonly idleLimitMs: number;
  /** What that limit is called there. */
  readonly setting: string;
  /** Where that is written. */
  readonly source: string;
}

/** What {@link checkConfig} knows of; docs/operations.md has the same table, and a test holds the two together. */
export type MiddleboxName =
  | "nginx"
  | "aws-alb"
  | "aws-nlb"
  | "aws-nat"
  | "azure-lb"
  | "envoy"
  | "gcp-firewall"
  | "heroku"
  | "unknown";

/** See {@link MiddleboxName}. */
export const MIDDLEBOXES: Readonly<Record<MiddleboxName, Middlebox>> = {
  nginx: {
    name: "nginx",
    idleLimitMs: 60_000,
    setting: "proxy_read_timeout, grpc_read_timeout",
    source: "https://nginx.org/en/docs/http/websocket.html",
  },
  "aws-alb": {
    name: "AWS Application Load Balancer",
    idleLimitMs: 60_000,
    setting: "idle_timeout.timeout_seconds",
    source:
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
  },
  "aws-nlb": {
    name: "AWS Network Load Balancer",
    idleLimitMs: 350_000,
    setting: "tcp.idle_timeout.seconds",
    source:
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html",
  },
  "aws-nat": {
    name: "AWS NAT gateway",
    idleLimitMs: 350_000,
    setting: "fixed",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
  },
  "azure-lb": {
    name: "Azure Load Balancer",
    idleLimitMs: 240_000,
    setting: "idle timeout; silent unless TCP reset is enabled",
    source: "https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-idle-timeout",
  },
  envoy: {
    name: "Envoy",
    idleLimitMs: 300_000,
    setting: "stream_idle_timeout, each direction by itself",
    source: "https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts",
  },
  "gcp-firewall": {
    name: "Google Cloud VPC firewall",
    idleLimitMs: 600_000,
    setting: "fixed",
    source: "https://cloud.google.com/firewall/docs/firewalls",
  },
  heroku: {
    name: "Heroku router",
    idleLimitMs: 55_000,
    setting: "fixed",
    source: "https://devcenter.heroku.com/articles/http-routing#timeouts",
  },
  unknown: {
    name: "whatever there is",
    idleLimitMs: 60_000,
    setting: "the default of the most widespread proxies",
    source: "nginx and AWS Application Load Balancer, above",
  },
};
