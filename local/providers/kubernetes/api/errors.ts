import { isMap, type PropertyMap, type Value } from "../../../engine/values.ts";

/** One thing that the API server objects to, as its Status lists them. */
export interface Cause {
  reason: string;
  field: string;
  message: string;
}

/** An answer of the API server that is no success. `reason` is Kubernetes' own word (`AlreadyExists`, `Conflict`, `Invalid`, …). */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly causes: Cause[];
  readonly retryAfterSeconds: number | undefined;
  constructor(code: number, status: Value, retryAfterSeconds?: number) {
    const object: PropertyMap = isMap(status) ? status : {};
    const details: PropertyMap = isMap(object.details) ? object.details : {};
    super(text(object.message) || `the Kubernetes API answered ${code}`);
    this.name = "ApiError";
    this.code = code;
    this.reason = text(object.reason);
    this.causes = (Array.isArray(details.causes) ? details.causes : [])
      .filter(isMap)
      .map((cause) => ({ reason: text(cause.reason), field: text(cause.field), message: text(cause.message) }));
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The server is busy or restarting, or a webhook or its storage did not answer: the same call may succeed in a moment. */
  get transient(): boolean {
    return this.code === 429 || (this.code >= 500 && this.code !== 501 && this.code !== 505);
  }
}

/** The API server gave no answer at all. `sent` is false when the request cannot have reached it. */
export class ConnectionError extends Error {
  readonly sent: boolean;
  readonly code: string;
  constructor(message: string, code: string, sent: boolean) {
    super(message);
    this.name = "ConnectionError";
    this.code = code;
    this.sent = sent;
  }
}

/** The API server serves no such kind: its CustomResourceDefinition is missing, or the version is wrong. */
export class UnknownKindError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`the cluster serves no ${kind} of ${apiVersion}: install its CustomResourceDefinition first, or correct the apiVersion`);
    this.name = "UnknownKindError";
  }
}

export const isApiError = (error: unknown, ...reasons: string[]): error is ApiError =>
  error instanceof ApiError && (reasons.length === 0 || reasons.includes(error.reason));

/** Nobody knows whether the call took effect: no answer came, or only that the server (or something before it) could not finish. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof ConnectionError
    ? error.sent
    : error instanceof ApiError && error.code >= 500 && error.code !== 501 && error.code !== 505;

/** A namespaced object cannot be made because its namespace is not there (yet). */
export const isNamespaceMissing = (error: unknown): boolean => isApiError(error, "NotFound") && /^namespaces "/.test(error.message);

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");
