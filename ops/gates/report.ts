import type { Colors } from "../terminal/io.ts";
import type { Verdict } from "./gate.ts";
import { moment, span } from "./words.ts";

export const nameOf = ({ gate, subject }: Verdict): string => (subject === undefined ? gate : `${gate} ${subject}`);

/** A verdict's sentence stands for itself; beside its subject it need not repeat it. */
const textOf = ({ subject, text }: Verdict): string => (text.startsWith(`${subject}: `) ? text.slice(`${subject}: `.length) : text);

/** A closed gate: what, why, when it opens by itself and what opens it. */
export function closedLines(verdicts: readonly Verdict[], now: Date, colors: Colors): string[] {
  return verdicts.flatMap((v) => {
    const opens =
      v.opensAt === undefined
        ? []
        : [`      opens by itself in ${span(Math.ceil((v.opensAt.getTime() - now.getTime()) / 1000))}, at ${moment(v.opensAt)}`];
    const next = v.next === undefined ? [] : [`      next: ${v.next}`];
    return [`  ${colors.red("closed")}  ${colors.bold(nameOf(v))}: ${textOf(v)}`, ...opens.map(colors.dim), ...next];
  });
}

export const openLines = (verdicts: readonly Verdict[], colors: Colors): string[] =>
  verdicts.map((v) => `  ${colors.green("open")}    ${nameOf(v)}: ${textOf(v)}`);

/** When all of them are open, given that nothing else happens; undefined when somebody has to do something first. */
export function opensAt(closed: readonly Verdict[]): Date | undefined {
  const times = closed.map((v) => v.opensAt?.getTime());
  return times.length > 0 && times.every((time) => time !== undefined) ? new Date(Math.max(...times)) : undefined;
}
