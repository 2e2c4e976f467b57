import type { Op, Step } from "../engine.ts";
import { type Change, changesOf, isChange, label, objectName } from "./changes.ts";
import { configChanges, secretChanges } from "./data.ts";
import { isRecord } from "./diff.ts";
import { stopsFirst } from "./downtime.ts";
import { type Direction, headline } from "./headline.ts";
import { type Seen, seenIn } from "./inventory.ts";
import { reach, referencesOf, type Workload } from "./references.ts";
import { recordedRelease } from "./release-record.ts";
import { requestsLine, requestsOf } from "./requests.ts";
import { wordsFor } from "./rules.ts";
import { count, listed, printable } from "./text.ts";
import { isKubernetes, isProvider, isStack, kindOf, parseUrn } from "./urn.ts";

/** A run's changes in a reviewer's words, most dangerous first. */
export interface Description {
  /** `1 replaced, 1 updated, 9 unchanged`; `no changes`. */
  readonly headline: string;
  readonly lines: readonly Line[];
  /** Differences that are not listed: labels, annotations, generated names. */
  readonly folded: number;
  /** Total CPU and memory requests, before and after. */
  readonly requests: string | undefined;
}
export interface Line {
  readonly mark: "!" | "-" | "+-" | "~" | "+";
  readonly text: string;
  /** What is lost or interrupted; such lines come first. */
  readonly danger: boolean;
}

const DATA = new Set(["PersistentVolumeClaim", "PersistentVolume", "StatefulSet", "Namespace"]);
const SERVING = new Set(["Deployment", "StatefulSet", "DaemonSet", "Service", "Ingress", "HTTPRoute"]);

export function describe(
  steps: readonly Step[],
  changeSummary: Partial<Record<Op, number>>,
  seen: readonly Seen[] = seenIn(steps),
  direction: Direction = "update",
): Description {
  const changes = changesOf(steps).filter((c) => !isStack(c.type) && !(isProvider(c.type) && c.verb === "create"));
  const workloads = workloadsOf(seen);
  const moved = new Set(changes.filter((c) => c.verb === "replace").map((c) => objectName(c.old)?.split("/").at(-1) ?? ""));
  let folded = 0;
  const lines: Line[] = [];
  for (const change of changes) {
    if (change.verb === "create") continue;
    if (direction === "refresh" && change.verb === "delete") {
      lines.push({ mark: "-", text: `${owned(change)} is gone from the cluster`, danger: SERVING.has(change.kind) });
      continue;
    }
    const said = sentences(change, workloads, moved);
    folded += said.folded;
    lines.push(...said.lines);
    if (direction === "update" && stopsFirst(change)) {
      const text = `${change.component ?? owned(change)}: its one pod is stopped before the new one starts: downtime until that is ready`;
      lines.push({ mark: "!", text, danger: true });
    }
  }
  lines.push(...created(changes.filter((c) => c.verb === "create")));
  const rank = (line: Line) => (line.danger ? 0 : ["-", "+-", "~", "+", "!"].indexOf(line.mark) + 1);
  lines.sort((a, b) => rank(a) - rank(b));
  if (lines.length === 0 && folded === 0) lines.push(...uncovered(changeSummary));
  return {
    headline: headline(changeSummary, direction),
    lines,
    folded,
    requests: requestsLine(requestsOf(seen, "old"), requestsOf(seen, "new")),
  };
}

function sentences(change: Change, workloads: readonly Workload[], moved: ReadonlySet<string>): { lines: Line[]; folded: number } {
  const recorded = change.verb === "replace" || change.verb === "update" ? recordedRelease(change) : undefined;
  if (recorded !== undefined) return { lines: [{ mark: "+", text: `records release ${recorded}`, danger: false }], folded: 0 };
  const object = owned(change);
  if (change.verb === "delete") {
    const loses = DATA.has(change.kind)
      ? `: ${change.kind === "Namespace" ? "all that it holds goes with it" : "its data is lost with it"}`
      : "";
    const kept = change.old?.retainOnDelete === true;
    const text = kept ? `${object} leaves the stack, the object itself stays` : `${object} deleted${loses}`;
    return { lines: [{ mark: "-", text, danger: !kept && (loses !== "" || SERVING.has(change.kind)) }], folded: 0 };
  }
  if (change.verb === "import")
    return { lines: [{ mark: "+", text: `${object} adopted: the existing object becomes part of the stack`, danger: false }], folded: 0 };
  if (change.verb === "forget")
    return { lines: [{ mark: "-", text: `${object} leaves the stack, the object itself stays`, danger: false }], folded: 0 };
  return change.verb === "replace" ? replaced(change, workloads, moved) : updated(change, workloads, moved);
}

function replaced(change: Change, workloads: readonly Workload[], moved: ReadonlySet<string>): { lines: Line[]; folded: number } {
  const { said, folded } = differencesOf(change, moved);
  const because = said.length > 0 ? ` because ${listed(said)}` : "";
  // A Job cannot change: it is replaced to run again, with whatever is new in its pod.
  if (change.kind === "Job") return { lines: [{ mark: "+-", text: `${owned(change)} runs again${because}`, danger: false }], folded };
  const text = `${owned(change)} replaced${because}`;
  if (!change.deletedFirst) return { lines: [{ mark: "+-", text: `${text}${effect(change, workloads)}`, danger: false }], folded };
  const cost = DATA.has(change.kind)
    ? "its data is lost"
    : SERVING.has(change.kind)
      ? "downtime until the new one is ready"
      : "missing until the new one is there";
  return { lines: [{ mark: "!", text: `${text}; deleted first: ${cost}`, danger: true }], folded };
}

function updated(change: Change, workloads: readonly Workload[], moved: ReadonlySet<string>): { lines: Line[]; folded: number } {
  const { said, folded } = differencesOf(change, moved);
  const data = change.kind === "ConfigMap" || change.kind === "Secret";
  if (data && said.length > 0)
    return { lines: [{ mark: "~", text: `${owned(change)}: ${said.join("; ")}${effect(change, workloads)}`, danger: false }], folded };
  // A workload and its autoscaler are named by the component: "api: replicas 2 -> 3 (HPA minimum)".
  const subject = change.component !== undefined && VOICE.has(change.kind) ? change.component : owned(change);
  const lines = (VOICE.has(change.kind) ? said : together(said)).map(
    (text): Line => ({ mark: "~", text: `${subject}: ${text}`, danger: false }),
  );
  if (lines.length === 0 && folded === 0) lines.push({ mark: "~", text: `${owned(change)} updated${initFailed(change)}`, danger: false });
  return { lines, folded };
}

const VOICE = new Set(["Deployment", "StatefulSet", "DaemonSet", "HorizontalPodAutoscaler"]);

/** Several differences of one object that follows others (a quota, a policy), on one line. */
function together(said: readonly string[]): string[] {
  if (said.length <= SHOWN) return said.length > 0 ? [said.join("; ")] : [];
  return [`${said.slice(0, SHOWN).join("; ")}; and ${said.length - SHOWN} more`];
}
const SHOWN = 3;

const initFailed = (change: Change): string => (change.old?.initErrors?.length ? ": it did not become ready last time" : "");

function differencesOf(change: Change, moved: ReadonlySet<string>): { said: string[]; folded: number } {
  if (change.kind === "ConfigMap" || change.kind === "Secret") {
    const said = change.kind === "ConfigMap" ? configChanges(change) : secretChanges(change);
    const rest = change.leaves.filter((leaf) => !["data", "binaryData", "stringData", "metadata"].includes(leaf.path[0] ?? ""));
    const other = rest.map((leaf) => `${printable(leaf.path.join("."))} changed`);
    const folded = change.leaves.filter((leaf) => leaf.path[0] === "metadata" && leaf.path[1] !== "name").length;
    return { said: [...said, ...other], folded };
  }
  const said = change.leaves.flatMap((leaf) => {
    if (typeof leaf.before === "string" && moved.has(leaf.before)) return [];
    const references = [...referencesOf({ [leaf.path.at(-1) ?? ""]: leaf.before })];
    if (references.length > 0 && references.every((r) => moved.has(r.name))) return [];
    const words = wordsFor(change, leaf.path, leaf.before, leaf.after);
    return words === undefined ? [] : [words];
  });
  const unique = [...new Set(said)];
  return { said: unique, folded: change.leaves.length - said.length };
}

function effect(change: Change, workloads: readonly Workload[]): string {
  const { rolled, seen, stale } = reach(change, workloads);
  return [
    rolled.length > 0 ? `; rolls ${listed(rolled)}` : "",
    seen.length > 0 ? `; ${listed(seen)} ${seen.length === 1 ? "reads" : "read"} it without a restart` : "",
    stale.length > 0 ? `; ${listed(stale)} ${stale.length === 1 ? "keeps" : "keep"} the old values until restarted` : "",
  ].join("");
}

/** `ConfigMap api-config-… (api)`: with its component, unless its own name says so. */
function owned(change: Change): string {
  const name = label(change);
  const own = name.split(" ").at(-1) ?? "";
  return change.component === undefined || own === change.component || own.startsWith(`${change.component}-`)
    ? name
    : `${name} (${change.component})`;
}

/** New objects, one line a component: their names follow from it. */
function created(changes: readonly Change[]): Line[] {
  const groups = new Map<string, Map<string, number>>();
  for (const change of changes) {
    const custom = (change.new?.custom ?? change.type.startsWith("kubernetes:")) === true;
    if (!custom && changes.some((c) => c.component === parseUrn(change.urn).name)) continue;
    const group = groups.get(change.component ?? "") ?? new Map<string, number>();
    const what = change.component === undefined || change.kind === "Namespace" ? label(change) : change.kind;
    group.set(what, (group.get(what) ?? 0) + 1);
    groups.set(change.component ?? "", group);
  }
  return [...groups].map(([component, kinds]) => {
    const names = [...kinds].map(([kind, n]) => (n > 1 ? `${kind} (${n})` : kind)).sort();
    return { mark: "+", text: `${component === "" ? "" : `${component}: `}${names.join(", ")}`, danger: false };
  });
}

/** Changes that the engine counts and does not list are still told. */
function uncovered(summary: Partial<Record<Op, number>>): Line[] {
  const n = Object.entries(summary).reduce((sum, [op, k]) => (isChange(op) ? sum + (k ?? 0) : sum), 0);
  return n > 0 ? [{ mark: "~", text: `${count(n, "resource")} of the stack itself`, danger: false }] : [];
}

function workloadsOf(seen: readonly Seen[]): Workload[] {
  const kinds = new Set(["Deployment", "StatefulSet", "DaemonSet", "CronJob"]);
  return seen.flatMap((s) => {
    if (!isKubernetes(s.type) || !kinds.has(kindOf(s.type)) || !s.old?.inputs) return [];
    const metadata = s.old.inputs.metadata;
    const namespace = isRecord(metadata) && typeof metadata.namespace === "string" ? metadata.namespace : undefined;
    return [
      {
        name: isRecord(metadata) && typeof metadata.name === "string" ? metadata.name : parseUrn(s.urn).name,
        namespace,
        inputs: s.old.inputs,
      },
    ];
  });
}
