import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { type Dispatcher, fetch } from "undici";
import { called, UserError } from "../../../../ops/user-error.ts";
import type { Value } from "../../../engine/values.ts";
import { ApiError, ConnectionError } from "./errors.ts";

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path on the server, with its query. */
  path: string;
  body?: Value;
  contentType?: string;
  signal: AbortSignal;
}
export interface ApiResponse {
  body: Value;
  /** The server's Warning headers: Pod Security, deprecated versions, unknown fields. */
  warnings: string[];
}

/** No call of ours takes long (watches are client-node's): a server that is silent for this long has not answered. */
const ANSWER_MS = 60_000;
/** Credentials and sockets are kept this long; an exec or OIDC token is then asked for anew. */
const CREDENTIALS_MS = 5 * 60_000;
const CONNECT_CODES = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

/**
 * One API server, reached as a kubeconfig says (client-node reads it and knows every way to authenticate). Answers stay plain JSON:
 * client-node's typed models would lose the fields that they do not know.
 */
export class Connection {
  readonly server: string;
  readonly contextNamespace: string | undefined;
  private readonly answerMs: number;
  private readonly config = new KubeConfig();
  private credentials: Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> | undefined;
  private credentialsUntil = 0;
  private readonly dispatchers = new Set<Dispatcher>();

  constructor(kubeconfig: string, context: string | undefined, answerMs = ANSWER_MS) {
    this.answerMs = answerMs;
    try {
      this.config.loadFromFile(kubeconfig);
    } catch (error) {
      throw new UserError(
        `cannot read the kubeconfig ${kubeconfig}: ${(error as Error).message}\nStart the local control plane with \`${called()} local start\`, or name another cluster with --context.`,
      );
    }
    if (context !== undefined) {
      if (this.config.getContextObject(context) === null) {
        const names = this.config.getContexts().map(({ name }) => name);
        throw new UserError(`the kubeconfig ${kubeconfig} has no context "${context}"; it has: ${names.join(", ") || "none"}`);
      }
      this.config.setCurrentContext(context);
    }
    const server = this.config.getCurrentCluster()?.server;
    if (server === undefined) throw new UserError(`the kubeconfig ${kubeconfig} names no current cluster: choose one with --context`);
    this.server = server.replace(/\/+$/, "");
    this.contextNamespace = this.config.getContextObject(this.config.getCurrentContext())?.namespace;
  }

  /** For client-node's Watch, which asks its configuration for just these. */
  getCurrentCluster(): { server: string } {
    return { server: this.server };
  }
  async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const { headers, dispatcher } = await this.authenticate();
    for (const [name, value] of Object.entries(headers)) context.setHeaderParam(name, value);
    if (dispatcher !== undefined) context.setDispatcher(dispatcher);
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    try {
      return await this.send(request);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 401) throw error;
      this.credentials = undefined; // the token may have run out: once more with a new one
      return this.send(request);
    }
  }

  private async send({ method, path, body, contentType, signal }: ApiRequest): Promise<ApiResponse> {
    const { headers, dispatcher } = await this.authenticate();
    let response: Awaited<ReturnType<typeof fetch>>;
    let text: string;
    try {
      response = await fetch(this.server + path, {
        method,
        headers: {
          ...headers,
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": contentType ?? "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.answerMs)]),
      });
      text = await response.text();
    } catch (error) {
      throw signal.aborted ? signal.reason : this.connectionError(error);
    }
    const parsed = parse(text);
    if (!response.ok) throw new ApiError(response.status, parsed, retryAfter(response.headers.get("retry-after")));
    return { body: parsed, warnings: warningsOf(response.headers.get("warning")) };
  }

  private connectionError(error: unknown): ConnectionError {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const code = cause?.code ?? "";
    const silent = (error as Error).name === "TimeoutError";
    const why = silent ? `no answer within ${this.answerMs / 1000} s` : cause?.message || cause?.code || (error as Error).message;
    const { hostname } = new URL(this.server);
    const local = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
    const remedy = local
      ? `Is the control plane running? \`${called()} local status\` tells, \`${called()} local start\` starts it.`
      : "Check the network, VPN and credentials of this kubeconfig context.";
    return new ConnectionError(`the Kubernetes API at ${this.server} does not answer: ${why}. ${remedy}`, code, !CONNECT_CODES.has(code));
  }

  private authenticate(): NonNullable<typeof this.credentials> {
    if (this.credentials === undefined || Date.now() > this.credentialsUntil) {
      this.credentialsUntil = Date.now() + CREDENTIALS_MS;
      this.credentials = this.readCredentials();
      this.credentials.catch(() => {
        this.credentials = undefined;
      });
    }
    return this.credentials;
  }

  private async readCredentials(): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> {
    const context = new RequestContext(this.server, HttpMethod.GET);
    try {
      await this.config.applySecurityAuthentication(context);
    } catch (error) {
      throw new UserError(`cannot get credentials for ${this.server}: ${(error as Error).message}`);
    }
    const dispatcher = context.getDispatcher() as Dispatcher | undefined;
    if (dispatcher !== undefined) this.dispatchers.add(dispatcher);
    return { headers: context.getHeaders(), dispatcher };
  }

  async close(): Promise<void> {
    await Promise.all([...this.dispatchers].map((dispatcher) => dispatcher.destroy()));
  }
}

function parse(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return { message: text.slice(0, 500) };
  }
}

const retryAfter = (header: string | null): number | undefined => {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) ? seconds : undefined;
};

/** `299 - "text", 299 - "text"` (RFC 7234 5.5) -> the texts. */
export function warningsOf(header: string | null): string[] {
  return [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted]) => (quoted ?? "").replace(/\\(.)/g, "$1"));
}
