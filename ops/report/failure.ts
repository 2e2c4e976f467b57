import type { RunResult } from "../engine.ts";
import { called } from "../user-error.ts";
import { label, objectName } from "./changes.ts";
import type { Seen } from "./inventory.ts";
import { printable, withoutSubject } from "./text.ts";
import { isKubernetes, isStack, kindOf, parseUrn } from "./urn.ts";

/** One thing that went wrong: what, why (the cause that matters first) and what to do next. */
export interface Failure {
  readonly what: string;
  readonly why: readonly string[];
  readonly next: string | undefined;
  /** The object that kubectl can be asked about. */
  readonly object: { readonly kind: string; readonly namespace: string | undefined; readonly name: string } | undefined;
}

interface Advice {
  readonly reason: RegExp;
  readonly next: (where: { service: string; file: string }) => string;
}

/** First match wins: the container's own reasons come before what Kubernetes concludes from them. */
const ADVICE: readonly Advice[] = [
  {
    reason: /ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull/,
    next: ({ service, file }) =>
      `check the image of ${service} under release.images in ${file}, and that the cluster may pull from its registry`,
  },
  {
    reason: /CrashLoopBackOff/,
    next: ({ service }) => `the container of ${service} starts and ends again: its log says why (kubectl logs --previous)`,
  },
  {
    reason: /CreateContainerConfigError|CreateContainerError|RunContainerError/,
    next: () => "the container cannot be created: a key, a volume or a command that its pod names is not there",
  },
  { reason: /OOMKilled/, next: ({ service, file }) => `raise the memory limit of ${service} in ${file}` },
  {
    reason: /Unschedulable|Insufficient (cpu|memory)|FailedScheduling/,
    next: ({ service, file }) => `no node has room for it: lower the requests of ${service} in ${file}, or add nodes`,
  },
  {
    reason: /exceeded quota|FailedQuota/i,
    next: ({ file }) => `the namespace's quota does not hold it: lower replicas or requests in ${file}`,
  },
  { reason: /violates PodSecurity/, next: () => "the namespace admits only pods of the restricted Pod Security standard" },
  { reason: /BackoffLimitExceeded|DeadlineExceeded.*[Jj]ob|[Jj]ob .*failed/, next: () => "the Job's pods say why (kubectl logs)" },
  {
    reason: /field manager|conflict with/i,
    next: () => `somebody else changed the same fields: \`${called()} refresh\` shows what, the next \`up\` puts it right`,
  },
  { reason: /already exists/i, next: () => "an object of this name is there and belongs to no stack: delete it, or choose another name" },
  {
    reason: /ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|socket hang up/,
    next: () => `the cluster does not answer: \`${called()} local status\` says whether the control plane runs`,
  },
  {
    reason: /readiness|not ready|timed out|ProgressDeadlineExceeded/i,
    next: ({ service }) => `${service} did not become ready in time: its pods say why (kubectl describe)`,
  },
];

/** Failures of a run, one for each resource, from its diagnostics. */
export function failuresOf(result: Pick<RunResult, "diagnostics">, seen: readonly Seen[], stack: string): Failure[] {
  const byUrn = new Map<string, string[]>();
  for (const { urn = "", severity, message } of result.diagnostics) {
    if (severity !== "error") continue;
    const lines = reasons(message);
    if (lines.length > 0) byUrn.set(urn, [...new Set([...(byUrn.get(urn) ?? []), ...lines])]);
  }
  // "update failed" says nothing beside the failure itself.
  const bare = [...byUrn].map(
    ([urn, lines]) => [urn, lines.filter((line) => !/^(update|preview|destroy|refresh|run) failed$/.test(line))] as const,
  );
  const telling = bare.some(([, lines]) => lines.length > 0) ? bare.filter(([, lines]) => lines.length > 0) : [...byUrn];
  return telling.map(([urn, lines]) =>
    failure(
      urn,
      lines,
      seen.find((s) => s.urn === urn),
      stack,
    ),
  );
}

function failure(urn: string, lines: readonly string[], seen: Seen | undefined, stack: string): Failure {
  const advice = ADVICE.find(({ reason }) => lines.some((line) => reason.test(line)));
  const why = advice ? [...lines.filter((line) => advice.reason.test(line)), ...lines.filter((line) => !advice.reason.test(line))] : lines;
  if (urn === "")
    return { what: `stack ${stack}`, why, next: advice?.next({ service: "the service", file: `Pulumi.${stack}.yaml` }), object: undefined };
  const { name, type } = parseUrn(urn);
  if (isStack(type)) return { what: `the program of stack ${stack}`, why, next: undefined, object: undefined };
  const kind = kindOf(type);
  const state = seen?.new ?? seen?.old;
  const [objectNamed = name, namespace] = (objectName(state) ?? "").split("/").reverse();
  return {
    what: label({ urn, kind, old: seen?.old, new: seen?.new }),
    why,
    next: advice?.next({ service: name, file: `Pulumi.${stack}.yaml` }),
    object: isKubernetes(type) ? { kind, namespace, name: objectNamed || name } : undefined,
  };
}

/** A message's lines without the decoration of Go's multi-error. */
const reasons = (message: string): string[] =>
  printable(message)
    .split("\n")
    .map((line) => withoutSubject(line.replace(/^\s*\*\s*/, "").replace(/^error: /, "")).trimEnd())
    .filter((line) => line.trim() !== "" && !/^\d+ errors? occurred:$/.test(line.trim()));
