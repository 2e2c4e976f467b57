import type { Change } from "./changes.ts";
import { at, isRecord } from "./diff.ts";
import { imageChange } from "./image.ts";
import { printable, short, soundsSecret, transition } from "./text.ts";

export interface Difference {
  readonly before: unknown;
  readonly after: unknown;
  /** What the stars of the pattern stood for; the last one holds the rest of the path for `**`. */
  readonly parts: readonly string[];
  readonly change: Change;
}

/** A sentence about one difference, or `undefined` for what a reviewer need not read (it is folded and counted). */
export type Words = (difference: Difference) => string | undefined;

export const folded: Words = () => undefined;
export const says =
  (what: string, note = ""): Words =>
  ({ before, after }) =>
    `${what} ${transition(before, after)}${note}`;

export function generic(path: readonly string[], before: unknown, after: unknown): string {
  const name = path.map(printable).join(".");
  return path.some(soundsSecret) || (before === undefined && after === undefined)
    ? `${name} changed`
    : `${name} ${transition(before, after)}`;
}

/** Containers besides the workload's own are named. */
const of = (container: string, change: Change): string => (container === change.component ? "" : ` of ${container}`);

export function image({ before, after, parts, change }: Difference): string {
  const release = (state: unknown) => {
    const version = at(state, ["spec", "template", "metadata", "labels", "app.kubernetes.io/version"]);
    return typeof version === "string" ? version : undefined;
  };
  return `${imageChange(before, after, { before: release(change.old?.inputs), after: release(change.new?.inputs) })}${of(parts[1]!, change)}`;
}

export function resource({ before, after, parts, change }: Difference): string {
  return `${parts[3]} ${parts[2] === "limits" ? "limit" : "request"} ${transition(before, after)}${of(parts[1]!, change)}`;
}

export function environment({ before, after, parts }: Difference): string {
  const name = parts[2]!;
  return soundsSecret(name) ? `environment ${name} changed` : `environment ${name} ${transition(before, after)}`;
}

export function environmentEntry({ before, after, parts }: Difference): string {
  const name = parts[2]!;
  if (before !== undefined && after !== undefined) return `environment ${name} changed`;
  if (before !== undefined) return `environment ${name} removed`;
  const value = isRecord(after) ? after.value : undefined;
  return `environment ${name} added${value === undefined || soundsSecret(name) ? "" : ` (${short(value)})`}`;
}

export function probe({ before, after, parts, change }: Difference): string {
  const name = parts[2]!.replace("Probe", " probe");
  const field = parts.slice(3).join(".");
  if (field === "")
    return `${name} ${before === undefined ? "added" : after === undefined ? "removed" : "changed"}${of(parts[1]!, change)}`;
  return `${name} ${field} ${transition(before, after)}${of(parts[1]!, change)}`;
}

export function container({ before, after, parts }: Difference): string {
  return `container ${parts[1]} ${before === undefined ? "added" : after === undefined ? "removed" : "changed"}`;
}

export function utilization({ before, after, parts, change }: Difference): string {
  const metric = at(change.new?.inputs ?? change.old?.inputs, ["spec", "metrics", parts[0]!, "resource", "name"]);
  return `HPA target ${typeof metric === "string" ? `${metric} ` : ""}${transition(before, after)} (% of the request)`;
}

export const hosts = (rules: unknown): unknown =>
  Array.isArray(rules) ? rules.flatMap((rule) => (isRecord(rule) && typeof rule.host === "string" ? [rule.host] : [])) : rules;
