import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server with the one call of Prometheus' HTTP API that checks make: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
export interface PrometheusServer {
  readonly url: string;
  /** Queries that it was asked, in order. */
  readonly asked: string[];
  /** The value of the one sample that a query gives; undefined: none. */
  answers: (query: string) => string | undefined;
  close(): Promise<void>;
}

export async function prometheusServer(): Promise<PrometheusServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      if (request.method !== "POST" || request.url !== "/api/v1/query") return void response.writeHead(404).end();
      const query = new URLSearchParams(body).get("query") ?? "";
      asked.push(query);
      const value = prometheus.answers(query);
      const result = value === undefined ? [] : [{ metric: {}, value: [1, value] }];
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const prometheus: PrometheusServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return prometheus;
}
