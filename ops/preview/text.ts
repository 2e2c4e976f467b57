import { policyLines } from "../policy/words.ts";
import { failuresOf } from "../report/failure.ts";
import { descriptionLines, failureLines, warningLines } from "../report/print.ts";
import { printable } from "../report/text.ts";
import type { Colors } from "../terminal/io.ts";
import { headlineOf, type Note, type Previewed, succeeded, warningsOf } from "./previewed.ts";

/** Dangers of all environments that stand above the details. */
const SHOWN = 20;

/** For people at a terminal: the summary of all, what is lost or replaced in any of them, then each in detail. */
export function previewText(previews: readonly Previewed[], colors: Colors, options: { diff?: boolean | undefined }): string[] {
  const { bold } = colors;
  const overview = previews.length > 1 ? [...summary(previews, colors), ...dangers(previews, colors)] : [];
  const details = previews.filter(succeeded).flatMap((preview) => {
    const { stack } = preview;
    return [`\n${bold(stack)}: ${headlineOf(preview)}`, ...detailLines(preview, colors, options)];
  });
  return [...overview, ...details];
}

/** What one environment's preview says below its headline. */
export function detailLines(preview: Previewed, colors: Colors, { diff = false }: { diff?: boolean | undefined } = {}): string[] {
  const { result, seen, stack, description, policy, notes } = preview;
  if (!succeeded(preview)) return failureLines(failuresOf(result, seen, stack), colors);
  return [
    ...notes.map((note) => noteLine(note, colors)),
    ...descriptionLines(description, colors, diff ? result.steps : undefined),
    ...warningLines(result, colors),
    ...policyLines(policy, colors),
  ];
}

const noteLine = ({ text }: Note, { yellow }: Colors): string => `  ${yellow("~ ")} ${printable(text)}`;

function summary(previews: readonly Previewed[], { bold }: Colors): string[] {
  const width = Math.max(...previews.map(({ stack }) => stack.length));
  return previews.map((preview) => `${bold(preview.stack.padEnd(width))}  ${headlineOf(preview)}`);
}

function dangers(previews: readonly Previewed[], { bold, red, dim }: Colors): string[] {
  const all = previews.filter(succeeded).flatMap((preview) => warningsOf(preview).map((text) => ({ stack: preview.stack, text })));
  if (all.length === 0) return [];
  const shown = all.slice(0, SHOWN).map(({ stack, text }) => `  ${red("!")} ${bold(stack)}: ${text}`);
  const more = all.length > SHOWN ? [dim(`  and ${all.length - SHOWN} more, below`)] : [];
  return ["\nDeleted or replaced:", ...shown, ...more];
}
