import type { RunResult, Step } from "../engine.ts";
import type { ClusterTarget } from "../live.ts";
import type { Colors } from "../terminal/io.ts";
import { changesOf, label } from "./changes.ts";
import type { Description, Line } from "./describe.ts";
import type { Failure } from "./failure.ts";
import { kubectl } from "./next-steps.ts";
import { count, printable, soundsSecret, transition } from "./text.ts";

const PAINT: Record<Line["mark"], keyof Colors> = { "!": "red", "-": "red", "+-": "magenta", "~": "yellow", "+": "green" };

/** A description as indented lines. With `steps`, every single difference follows. */
export function descriptionLines(description: Description, colors: Colors, steps?: readonly Step[]): string[] {
  const paint = (line: Line) => (colors[line.danger ? "red" : PAINT[line.mark]] as (s: string) => string)(line.mark.padEnd(2));
  const lines = description.lines.map((line) => `  ${paint(line)} ${line.danger ? colors.bold(line.text) : line.text}`);
  if (steps) return [...lines, ...differenceLines(steps), ...requests(description)];
  if (description.folded > 0) {
    lines.push(
      colors.dim(`     ${count(description.folded, "difference")} in labels, annotations and generated names (--diff lists them)`),
    );
  }
  return [...lines, ...requests(description)];
}

const requests = ({ requests: line }: Description): string[] => (line === undefined ? [] : [`     ${line}`]);

function differenceLines(steps: readonly Step[]): string[] {
  return changesOf(steps).flatMap((change) => [
    ...(change.leaves.length > 0 ? [`     ${label(change)}`] : []),
    ...change.leaves.map(({ path, before, after }) => {
      const hidden = path.some(soundsSecret) || change.kind === "Secret" || (before === undefined && after === undefined);
      return `       ${path.map(printable).join(".")} ${hidden ? "changed" : transition(before, after)}`;
    }),
  ]);
}

/** Warnings of the program and its providers, each once. */
export function warningLines(result: Pick<RunResult, "diagnostics">, colors: Colors): string[] {
  const warnings = result.diagnostics.filter((d) => d.severity === "warning").map((d) => printable(d.message).trim());
  return [...new Set(warnings)].map((text) => `  ${colors.yellow("warning:")} ${text.replace(/^warning: /, "")}`);
}

const REASONS = 4;
/** Mistakes in settings are all shown: who mends one wants to see the next. */
const reasonsOf = (why: readonly string[]): number => (why[0]?.endsWith(" is not valid:") ? why.length : REASONS);

/** What, why, where to look, what to do next. */
export function failureLines(
  failures: readonly Failure[],
  colors: Colors,
  { verb = "failed", cluster }: { verb?: string; cluster?: ClusterTarget } = {},
): string[] {
  return failures.flatMap(({ what, why, next, object }) => [
    `${colors.red(colors.bold(`${verb}:`))} ${what}${object?.namespace ? ` in namespace ${object.namespace}` : ""}`,
    ...why.slice(0, reasonsOf(why)).map((line) => `  ${line}`),
    ...(why.length > reasonsOf(why) ? [colors.dim(`  and ${count(why.length - reasonsOf(why), "more line")} (--json has them)`)] : []),
    ...(next === undefined ? [] : [`  next: ${next}`]),
    ...(object && cluster && "kubeconfig" in cluster
      ? [
          `  ask:  ${kubectl(cluster)}${object.namespace ? ` -n ${object.namespace}` : ""} describe ${object.kind.toLowerCase()} ${object.name}`,
        ]
      : []),
  ]);
}
