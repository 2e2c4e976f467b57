import { writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";

/**
 * What goes wrong with a request: an answer of the server's own; the connection cut before the request reached it, or after it was
 * carried out; carried out only after the client has given up; carried out and never answered; a watch that ends at its first event.
 */
export type Fault = 429 | 500 | 503 | 504 | "cut-before" | "cut-after" | "late" | "silent" | "watch-cut";

/** A proxy of a test's own before the API server. */
export class FaultProxy {
  /** Says what goes wrong with a request; nothing by default. */
  plan: (method: string, url: string) => Fault | undefined = () => undefined;
  /** How often each thing went wrong. */
  readonly done = new Map<Fault, number>();
  readonly kubeconfig: string;
  readonly #server: http.Server;
  readonly #agent: https.Agent;
  readonly #late = new Set<Promise<void>>();
  readonly #target: string;

  private constructor(kubeconfig: string, dir: string, server: http.Server) {
    const real = new KubeConfig();
    real.loadFromFile(kubeconfig);
    const [cluster, user] = [real.getCurrentCluster()!, real.getCurrentUser()!];
    const decoded = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, "base64").toString());
    this.#target = cluster.server;
    this.#agent = new https.Agent({
      ca: decoded(cluster.caData),
      cert: decoded(user.certData),
      key: decoded(user.keyData),
      keepAlive: true,
    });
    this.#server = server;
    server.on("request", (request, response) => this.#answer(request, response));
    this.kubeconfig = path.join(dir, "proxy.kubeconfig");
    const through = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, "insecure-skip-tls-verify": true };
    writeFileSync(
      this.kubeconfig,
      JSON.stringify({
        "current-context": "proxy",
        clusters: [{ name: "proxy", cluster: through }],
        users: [{ name: "proxy", user: {} }],
        contexts: [{ name: "proxy", context: { cluster: "proxy", user: "proxy" } }],
      }),
    );
  }

  static async start(kubeconfig: string, dir: string): Promise<FaultProxy> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FaultProxy(kubeconfig, dir, server);
  }

  /** The first time that a thing is asked for, this goes wrong with it. */
  once(fault: Fault, concerns: (method: string, url: string) => boolean): void {
    const seen = new Set<string>();
    this.done.clear();
    this.plan = (method, url) => {
      const key = `${method} ${url}`;
      if (!concerns(method, url) || seen.has(key)) return undefined;
      seen.add(key);
      return fault;
    };
  }
  heal(): void {
    this.plan = () => undefined;
  }
  /** Once all that is carried out late has been. */
  async settled(): Promise<void> {
    await Promise.all(this.#late);
    this.#late.clear();
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const fault = this.plan(request.method ?? "", request.url ?? "");
      if (fault !== undefined) this.done.set(fault, (this.done.get(fault) ?? 0) + 1);
      const body = Buffer.concat(chunks);
      if (typeof fault === "number") return refuse(response, fault);
      if (fault === "cut-before") return void response.destroy();
      if (fault === "late") {
        response.destroy();
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#late.add(promise);
        setTimeout(() => this.#forward(request, body, (answer) => answer.resume().on("close", resolve), resolve), 600); // after the repeated request
        return;
      }
      this.#forward(
        request,
        body,
        (answer) => {
          if (fault === "cut-after" || fault === "silent") {
            answer.resume();
            if (fault === "cut-after") answer.on("end", () => response.destroy());
            return;
          }
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          response.flushHeaders();
          if (fault === "watch-cut") answer.once("data", () => response.destroy());
          answer.pipe(response);
          response.on("close", () => answer.destroy());
        },
        () => response.destroy(),
      );
    });
  }

  #forward(from: http.IncomingMessage, body: Buffer, onAnswer: (answer: http.IncomingMessage) => void, onError = () => {}): void {
    const { host: _host, connection: _connection, ...headers } = from.headers;
    const forwarded = https.request(this.#target + from.url, { method: from.method, headers, agent: this.#agent }, onAnswer);
    forwarded.on("error", onError);
    forwarded.end(body);
  }
}

/** As the API server, or what stands before it, says so. */
function refuse(response: http.ServerResponse, code: number): void {
  const reasons: Record<number, string> = { 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout" };
  response.writeHead(code, { "content-type": "application/json", ...(code === 429 ? { "retry-after": "1" } : {}) });
  response.end(JSON.stringify({ kind: "Status", status: "Failure", code, reason: reasons[code], message: `made up by the test: ${code}` }));
}
