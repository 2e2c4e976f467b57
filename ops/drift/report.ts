import { count, listed } from "../report/text.ts";
import type { Colors } from "../terminal/io.ts";
import { type Author, type Finding, subjectName, type Unread } from "./finding.ts";
import type { Ignored } from "./ignored.ts";
import type { NotReady } from "./not-ready.ts";

/** What `liftlock drift` knows of one stack; printed as it is with --json. */
export interface DriftReport {
  readonly stack: string;
  readonly findings: readonly Finding[];
  readonly ignored: readonly Ignored[];
  /** Ignores of the settings that have run out. */
  readonly expired: readonly string[];
  readonly unread: readonly Unread[];
  readonly notReady: readonly NotReady[];
  /** Kubernetes objects of the state, and objects that were looked through; absent: no cluster was asked. */
  readonly counted?: { readonly applied: number; readonly read: number };
  /** Other systems that were asked. */
  readonly alsoRead?: readonly string[];
  readonly seconds: number;
}

const SYSTEMS: Readonly<Record<string, string>> = { github: "GitHub", azure: "Azure" };

/** Could it be that drift was missed? */
export const isIncomplete = ({ unread }: Pick<DriftReport, "unread">): boolean => unread.some(({ declared }) => declared);

export function headline({ findings, unread, counted, alsoRead = [], seconds }: DriftReport): string {
  const objects = new Set(findings.map(({ subject }) => subjectName(subject))).size;
  const cluster = counted === undefined ? [] : [`${count(counted.applied, "object")} of the state, ${counted.read} in the cluster`];
  const read = [...cluster, ...alsoRead.map((name) => SYSTEMS[name] ?? name), `${seconds.toFixed(1)} s`].join(", ");
  const found = findings.length === 0 ? "no drift" : `${count(findings.length, "finding")} in ${count(objects, "object")}`;
  const partly = isIncomplete({ unread }) ? ", but not everything could be read" : "";
  return `${found}${partly} (${read})`;
}

export function driftLines(report: DriftReport, colors: Colors): string[] {
  const { bold, dim, red, yellow, green } = colors;
  const { stack, findings, ignored, unread, notReady, expired } = report;
  const paint = findings.length > 0 ? red : isIncomplete(report) ? yellow : green;
  const lines = [`${bold(stack)}: ${paint(headline(report))}`];
  for (const [subject, own] of bySubject(findings)) {
    const [only] = own;
    if (own.length === 1 && only!.path === undefined) {
      lines.push(`  ${sign(only!, colors)} ${bold(subject)}${said(only!)}${dim(authorText(only!.by))}`);
      continue;
    }
    lines.push(`  ${yellow("~")} ${bold(subject)}`);
    const width = Math.min(64, Math.max(...own.map(({ path = "" }) => path.length)));
    for (const finding of own)
      lines.push(
        `      ${sign(finding, colors)} ${(finding.path ?? "").padEnd(width)}  ${values(finding)}${said(finding)}${dim(authorText(finding.by))}`,
      );
  }
  for (const { what, why, declared } of unread) lines.push(`  ${(declared ? red : yellow)("unread")} ${what}: ${why}`);
  for (const { kind, namespace, name, reason } of notReady)
    lines.push(
      `  ${yellow("not ready")} ${subjectName({ kind, ...(namespace === undefined ? {} : { namespace }), name })}: ${reason} (no drift)`,
    );
  for (const [reason, n] of reasons(ignored)) lines.push(dim(`  ignored ${count(n, "finding")}: ${reason}`));
  for (const reason of expired) lines.push(`  ${yellow("expired")} an ignore counts no more: ${reason}`);
  return lines;
}

export function driftMarkdown(report: DriftReport): string[] {
  const { stack, findings, ignored, unread, notReady } = report;
  const lines = [`### ${stack}: ${headline(report)}`, ""];
  if (findings.length > 0) {
    lines.push("| object | what | before | now | who, when |", "| --- | --- | --- | --- | --- |");
    for (const finding of findings) {
      const what = `${finding.change}${finding.path === undefined ? "" : ` \`${finding.path}\``}${said(finding)}`;
      lines.push(
        `| ${[subjectName(finding.subject), what, finding.before ?? "", finding.after ?? "", authorText(finding.by).trim()].map(cell).join(" | ")} |`,
      );
    }
    lines.push("");
  }
  for (const { what, why } of unread) lines.push(`- could not be read: ${what}: ${why}`);
  for (const { kind, name, reason } of notReady) lines.push(`- not ready (no drift): ${kind} ${name}: ${reason}`);
  for (const [reason, n] of reasons(ignored)) lines.push(`- ignored ${count(n, "finding")}: ${reason}`);
  return lines;
}

export const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");

function bySubject(findings: readonly Finding[]): Map<string, Finding[]> {
  return Map.groupBy(findings, ({ subject }) => subjectName(subject));
}

function sign({ change }: Finding, { red, green, yellow }: Colors): string {
  if (change === "created" || change === "added") return green("+");
  return change === "deleted" || change === "removed" ? red("-") : yellow("~");
}

function values({ change, before, after }: Finding): string {
  if (change === "added") return after ?? "";
  if (change === "removed") return `removed (was ${before})`;
  if (before === undefined && after === undefined) return "";
  return before === after ? `changed (${before})` : `${before ?? "(none)"} -> ${after ?? "(none)"}`;
}

const said = ({ change, note, path }: Finding): string => {
  const what = path === undefined ? (change === "created" ? " was added" : note === undefined ? " is gone" : "") : "";
  return `${what}${note === undefined ? "" : `${what === "" ? " " : ", "}${note}`}`;
};

const authorText = (by: Author | undefined): string =>
  by === undefined
    ? ""
    : `  by ${listed([by.manager + (by.subresource === undefined ? "" : `/${by.subresource}`)])}${by.time === undefined ? "" : `, ${by.time}`}`;

function reasons(ignored: readonly Ignored[]): [string, number][] {
  return [...Map.groupBy(ignored, ({ reason }) => reason)].map(([reason, all]) => [reason, all.length]);
}
