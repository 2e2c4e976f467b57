import picocolors from "picocolors";
import { count, listed, printable } from "../report/text.ts";
import { type Fault, headlineOf, type Previewed, succeeded, warningsOf } from "./previewed.ts";
import { type Fitted, type Section, shorten } from "./shorten.ts";
import { detailLines } from "./text.ts";

export interface Report {
  readonly project: string;
  readonly previews: readonly Previewed[];
  readonly faults: readonly Fault[];
  /** The revision that it is compared with; none: with what is recorded of each environment. */
  readonly base?: string | undefined;
}

/** GitHub takes 65,536 characters in a comment; what is added on the way must fit too. */
export const LONGEST_COMMENT = 60_000;
const LONGEST_LINE = 400;
/** What a section needs beside its lines, and the closing words. */
const FRAME = 200;
const CLOSING = 2_000;
const TABLE_ROWS = 100;
const DANGERS = 40;
const plain = picocolors.createColors(false);

/** Says which comment it is, in a reader's browser unseen. One for each program of a repository. */
export const markerOf = (project: string): string => `<!-- liftlock preview ${project.replace(/[^\w.-]/g, "")} -->`;
export const MARKER = /^<!-- liftlock preview [\w.-]+ -->$/;

/** One comment on all environments: the summary first, dangers, then each folded; cut between lines when it would be too long. */
export function commentMarkdown(report: Report, fullReport: string, longest = LONGEST_COMMENT): string {
  const { previews } = report;
  const head = [markerOf(report.project), ...overview(report)];
  const sections = previews.map((preview) => sectionOf(preview, false));
  const room = longest - head.join("\n").length - CLOSING - sections.length * FRAME;
  const fitted = shorten(sections, room);
  const shown = sections.flatMap(({ title }, i) => (fitted[i]!.lines.length > 0 ? folded(title, fitted[i]!) : []));
  const cut = previews.flatMap(({ stack }, i) => {
    const { lines, left } = fitted[i]!;
    return left === 0 ? [] : [`${code(stack)} (${left} of ${lines.length + left} lines)`];
  });
  const names = cut.length > 20 ? [...cut.slice(0, 19), `${cut.length - 19} more`] : cut;
  const closing = cut.length === 0 ? [] : ["", `Cut to fit into a comment: ${listed(names)}. ${code(fullReport)} has all of it.`];
  return `${[...head, ...shown, ...closing].join("\n")}\n`;
}

/** The same with every difference, of any length: for an artifact. */
export function fullMarkdown(report: Report): string {
  const sections = report.previews.map((preview) => sectionOf(preview, true));
  return `${[...overview(report, Number.POSITIVE_INFINITY), ...sections.flatMap(({ title, lines }) => folded(title, { lines, left: 0 }))].join("\n")}\n`;
}

function overview({ project, previews, faults, base }: Report, rows = TABLE_ROWS): string[] {
  const against = base === undefined ? "what is recorded of each environment" : `${code(base.slice(0, 12))}, offline`;
  const row = (preview: Previewed): string => {
    const { stack, description, policy } = preview;
    const rules = policy.findings.length === 0 ? "kept" : `**${count(policy.findings.length, "violation")}**`;
    const requests = description.requests?.replace(/^requests /, "") ?? "";
    const cells = succeeded(preview)
      ? [code(stack), text(headlineOf(preview)), rules, text(requests)]
      : [code(stack), `**${preview.result.result}**`, "", ""];
    return `| ${cells.join(" | ")} |`;
  };
  const dangers = previews
    .filter(succeeded)
    .flatMap((preview) => warningsOf(preview).map((danger) => `- ${code(preview.stack)} ${code(danger)}`));
  return [
    `### Preview of ${code(project)}`,
    "",
    `Compared with ${against}.`,
    "",
    "| environment | changes | rules | requests |",
    "| --- | --- | --- | --- |",
    ...previews.slice(0, rows).map(row),
    ...faults.slice(0, rows).map(({ stack, reason }) => `| ${code(stack)} | **failed**: ${text(short(reason.message))} | | |`),
    ...(previews.length > rows ? ["", `And ${previews.length - rows} more environments.`] : []),
    ...(dangers.length === 0
      ? []
      : ["", "**Deleted or replaced**", "", ...dangers.slice(0, rows === TABLE_ROWS ? DANGERS : dangers.length)]),
    ...(dangers.length > DANGERS && rows === TABLE_ROWS ? [`- and ${dangers.length - DANGERS} more, below`] : []),
  ];
}

function sectionOf(preview: Previewed, diff: boolean): Section {
  const lines = detailLines(preview, plain, { diff }).flatMap((line) => printable(line).split("\n"));
  return { title: `${preview.stack}: ${headlineOf(preview)}`, lines: diff ? lines : lines.map(short) };
}

function folded(title: string, { lines, left }: Fitted): string[] {
  if (lines.length === 0) return [];
  // Longer than any fence that the lines themselves hold.
  const fence = "`".repeat(Math.max(3, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length + 1))));
  const more = left === 0 ? [] : [`… ${count(left, "more line")}`];
  return ["", `<details><summary>${escaped(printable(title))}</summary>`, "", `${fence}text`, ...lines, ...more, fence, "", "</details>"];
}

const short = (line: string): string => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line);
const escaped = (words: string): string => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
/** Words in a table: nothing of them is markup. */
const text = (words: string): string => escaped(printable(words).replaceAll("\n", " ")).replace(/[\\`*_[\]|]/g, "\\$&");
/** Words as they are, also in a table. */
const code = (words: string): string => `\`${short(printable(words).replaceAll("\n", " ").replaceAll("`", "'").replaceAll("|", "\\|"))}\``;
