import { UserError } from "../../../ops/user-error.ts";
import { ProviderError } from "../../engine/provider.ts";
import type { PropertyMap, Value } from "../../engine/values.ts";
import { nameOf, namespaceOf } from "./annotations.ts";
import { ApiError, ConnectionError, isNamespaceMissing, isUnanswered, UnknownKindError } from "./api/errors.ts";
import { idOf } from "./gvk.ts";
import { scrub } from "./secrets.ts";

/** `Deployment ferry-production/api` */
export const describe = (object: PropertyMap, type: string): string =>
  `${String(object.kind ?? type.split(":").at(-1))} ${idOf(namespaceOf(object), nameOf(object) ?? "")}`;

/** What went wrong in a call about `what`, in words that a person can act on and without the secrets of `submitted`. */
export function failure(error: unknown, what: string, verb: string, ...submitted: Value[]): Error {
  if (error instanceof UserError || error instanceof ProviderError) return error;
  const outcomeUnknown = isUnanswered(error);
  if (error instanceof ApiError) return new ProviderError(scrub(`${what}: ${refusal(error, verb)}`, ...submitted), { outcomeUnknown });
  if (error instanceof ConnectionError || error instanceof UnknownKindError)
    return new ProviderError(`${what}: cannot ${verb} it: ${error.message}`, { outcomeUnknown });
  if (error instanceof Error && error.name === "AbortError")
    return new ProviderError(`${what}: cancelled before the cluster was asked to ${verb} it`);
  return error instanceof Error
    ? new ProviderError(scrub(`${what}: cannot ${verb} it: ${error.message}`, ...submitted))
    : new ProviderError(`${what}: cannot ${verb} it`);
}

function refusal(error: ApiError, verb: string): string {
  const listed = error.causes
    .filter(({ message }) => message !== "")
    .map(({ field, message }) => `\n  ${field === "" ? "" : `${field}: `}${message}`);
  if (isNamespaceMissing(error)) {
    return `its namespace does not exist (${error.message}): create it first; in a program, take metadata.namespace from the Namespace resource's name`;
  }
  if (error.reason === "Invalid" && listed.length > 0) return `the API server refuses to ${verb} it:${[...new Set(listed)].join("")}`;
  if (/strict decoding error/.test(error.message)) {
    const fields = [...error.message.matchAll(/(unknown|duplicate) field "([^"]+)"/g)].map(
      ([, how, field]) => `\n  ${field}: ${how} field`,
    );
    return `the API server refuses to ${verb} it:${fields.join("") || `\n  ${error.message}`}`;
  }
  if (isAccessDenied(error)) return `these credentials may not ${verb} it: ${error.message}`;
  return `the API server refuses to ${verb} it: ${error.message}`;
}

/** RBAC says no (as against admission: quota, Pod Security, webhooks). */
export const isAccessDenied = (error: ApiError): boolean =>
  error.code === 401 || (error.code === 403 && / cannot \w+ resource /.test(error.message));
