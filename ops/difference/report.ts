import { cell } from "../drift/report.ts";
import { count, listed } from "../report/text.ts";
import type { Colors } from "../terminal/io.ts";
import { counts } from "./acknowledged.ts";
import type { Difference } from "./difference.ts";

/** What `liftlock diff` knows; printed as it is with --json. */
export interface DiffReport {
  readonly left: string;
  readonly right: string;
  readonly differences: readonly Difference[];
  /** Fields of resources that differ because settings do. */
  readonly explained: number;
  /** Fields that differ by the environment's own names alone. */
  readonly folded: number;
  /** What was not compared, and why. */
  readonly notCompared: readonly string[];
}

const AREAS: readonly Difference["area"][] = [
  "live",
  "release",
  "images",
  "schema",
  "configuration",
  "flags",
  "secrets",
  "replicas",
  "resources",
  "access",
  "database",
  "github",
  "platform",
  "other",
];

export function headline({ differences }: DiffReport): string {
  const of = (kind: Difference["kind"]) => differences.filter((d) => d.kind === kind && d.acknowledged === undefined).length;
  const acknowledged = differences.filter((d) => d.acknowledged !== undefined).length;
  const parts = [`${of("unexpected")} unexpected`, `${of("missing")} missing`, `${of("expected")} expected`];
  return listed(acknowledged === 0 ? parts : [...parts, `${acknowledged} acknowledged`]);
}

export function diffLines(report: DiffReport, colors: Colors, all = false): string[] {
  const { bold, dim, red, yellow } = colors;
  const { left, right, differences, explained, folded, notCompared } = report;
  const lines = [`${bold(left)} and ${bold(right)}: ${headline(report)}`];
  for (const area of AREAS) {
    const own = differences.filter((difference) => difference.area === area);
    if (own.length === 0) continue;
    lines.push(bold(area));
    const shown = all ? own : own.filter((d, i) => counts(d) || d.acknowledged !== undefined || i < SHOWN);
    const width = (text: (d: Difference) => string) => Math.min(64, Math.max(...shown.map((d) => text(d).length)));
    const [names, lefts, rights] = [width((d) => d.name), width(({ left: l }) => l ?? "-"), width(({ right: r }) => r ?? "-")];
    for (const d of shown) {
      const paint = d.acknowledged !== undefined || d.kind === "expected" ? dim : d.kind === "missing" ? yellow : red;
      const mark = d.acknowledged !== undefined ? "acknowledged" : d.kind;
      lines.push(
        `  ${paint(mark.padEnd(12))} ${d.name.padEnd(names)}  ${(d.left ?? "-").padEnd(lefts)}  ${(d.right ?? "-").padEnd(rights)}  ${dim(placesText(d))}`.trimEnd(),
      );
      const why = d.acknowledged ?? (counts(d) ? d.note : undefined);
      if (why !== undefined) lines.push(dim(`${" ".repeat(15)}${why}`));
    }
    if (shown.length < own.length) lines.push(dim(`  and ${own.length - shown.length} more that are expected (--all lists them)`));
  }
  if (explained > 0) lines.push(dim(`${count(explained, "field of resources follows", "fields of resources follow")} from these settings`));
  if (folded > 0) lines.push(dim(`${count(folded, "field differs", "fields differ")} only by the environments' own names`));
  for (const what of notCompared) lines.push(yellow(`not compared: ${what}`));
  return lines;
}

/** Expected differences of one area that are listed without --all. */
const SHOWN = 12;

export function diffMarkdown(report: DiffReport): string[] {
  const { left, right, differences, notCompared } = report;
  const lines = [`### ${left} and ${right}: ${headline(report)}`, ""];
  const listedOnes = AREAS.flatMap((area) => differences.filter((difference) => difference.area === area));
  if (listedOnes.length > 0) {
    lines.push(`| | what | ${cell(left)} | ${cell(right)} | where |`, "| --- | --- | --- | --- | --- |");
    for (const d of [...listedOnes].sort((a, b) => Number(counts(b)) - Number(counts(a)))) {
      const mark = d.acknowledged !== undefined ? "acknowledged" : counts(d) ? `**${d.kind}**` : d.kind;
      const where = [placesText(d), d.acknowledged ?? (counts(d) ? d.note : undefined)].filter(Boolean).join("; ");
      lines.push(`| ${[mark, `${d.area}: ${d.name}`, d.left ?? "", d.right ?? "", where].map(cell).join(" | ")} |`);
    }
  }
  for (const what of notCompared) lines.push("", `Not compared: ${cell(what)}`);
  return lines;
}

const placesText = ({ places }: Difference): string => places.map(({ file, line }) => (line === 0 ? file : `${file}:${line}`)).join(", ");
