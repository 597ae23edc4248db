import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { Session } from "../../src/driver/index.ts";
import { connect } from "../../src/tcp/index.ts";

/** A sample of the text that Prometheus reads. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The real SDK of OpenTelemetry with the Prometheus exporter, served on a free port. */
export class Scraped implements AsyncDisposable {
  readonly #exporter = new PrometheusExporter({ preventServerStart: true });
  readonly #server = createServer((request, response) =>
    this.#exporter.getMetricsRequestHandler(request, response),
  );
  readonly meterProvider: MeterProvider = new MeterProvider({ readers: [this.#exporter] });

  /** What a scrape over HTTP gets. */
  async text(): Promise<string> {
    if (!this.#server.listening) {
      this.#server.listen(0, "127.0.0.1");
      await once(this.#server, "listening");
    }
    const { port } = this.#server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { connection: "close" },
    });
    return await response.text();
  }

  async samples(): Promise<Sample[]> {
    return parse(await this.text());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.meterProvider.shutdown();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** The samples of the library's own metrics. */
function parse(text: string): Sample[] {
  return [...text.matchAll(/^(pulsewire_\w+)\{(.*)\} (\S+)$/gm)].map(
    ([, name = "", labels = "", value = ""]) => ({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", text = ""]) => [key, text]),
      ),
      value: Number(value),
    }),
  );
}

/** The sum of the samples of a name that have these labels. */
export function total(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

/** Connects over TCP, and resolves once a heartbeat has measured the round trip. */
export function measured(address: string): Promise<Session> {
  const port = Number(new URL(address).port);
  return new Promise((resolve, reject) => {
    connect({
      port,
      heartbeatTimeMs: 100,
      onEvent: (event, session) => {
        if (event.type === "heartbeat-received" && event.rttMs !== undefined) resolve(session);
      },
    }).catch(reject);
  });
}
