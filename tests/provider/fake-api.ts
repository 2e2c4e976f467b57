import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Call {
  method: string;
  url: string;
  body: string;
}
type Answer = (call: Call, response: ServerResponse, earlier: Call[]) => void;

/** An HTTP server in the place of an API server: for what a real one does not do on demand. */
export class FakeApi {
  readonly calls: Call[] = [];
  readonly dir = mkdtempSync(path.join(tmpdir(), "fake-api-"));
  private readonly server: Server;

  private constructor(answer: Answer) {
    this.server = createServer((request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const call = { method: request.method ?? "", url: request.url ?? "", body: Buffer.concat(chunks).toString() };
        const earlier = this.calls.filter(({ method, url }) => method === call.method && url === call.url);
        this.calls.push(call);
        if (call.url === "/api/v1")
          json(response, 200, {
            resources: [
              { name: "configmaps", kind: "ConfigMap", namespaced: true },
              { name: "configmaps/status", kind: "ConfigMap", namespaced: true },
            ],
          });
        else answer(call, response, earlier);
      });
    });
  }

  static async start(answer: Answer): Promise<FakeApi> {
    const api = new FakeApi(answer);
    await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
  get kubeconfig(): string {
    return kubeconfig(this.dir, this.port);
  }
  count(method: string): number {
    return this.calls.filter((call) => call.method === method && call.url !== "/api/v1").length;
  }
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.dir, { recursive: true });
  }
}

export function kubeconfig(dir: string, port: number): string {
  const file = path.join(dir, "kubeconfig");
  const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  writeFileSync(
    file,
    JSON.stringify({
      "current-context": "c",
      clusters: [{ name: "k", cluster }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    }),
  );
  return file;
}

export function json(response: ServerResponse, code: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(code, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
export const status = (code: number, reason: string, message: string) => ({ kind: "Status", status: "Failure", code, reason, message });
