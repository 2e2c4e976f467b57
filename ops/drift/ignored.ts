import type { DriftIgnore } from "../../components/drift.schema.ts";
import type { Finding } from "./finding.ts";

export interface Ignored {
  readonly finding: Finding;
  readonly reason: string;
}

/** Splits findings by the settings: what counts, and what is ignored, with the reason. `today`: 2026-11-21. */
export function withoutIgnored(
  findings: readonly Finding[],
  ignores: readonly DriftIgnore[],
  stack: string,
  today: string,
): { counted: Finding[]; ignored: Ignored[]; expired: DriftIgnore[] } {
  const mine = ignores.filter(({ only }) => only === undefined || only.includes(stack));
  const valid = mine.filter(({ until }) => until === undefined || until >= today);
  const counted: Finding[] = [];
  const ignored: Ignored[] = [];
  for (const finding of findings) {
    const rule = valid.find((ignore) => matches(ignore, finding));
    if (rule === undefined) counted.push(finding);
    else ignored.push({ finding, reason: rule.reason });
  }
  return { counted, ignored, expired: mine.filter((ignore) => !valid.includes(ignore)) };
}

function matches({ manager, kind, name, path }: DriftIgnore, { by, subject, path: at }: Finding): boolean {
  if (manager !== undefined && (by === undefined || !like(manager, by.manager))) return false;
  if (kind !== undefined && !like(kind, subject.kind)) return false;
  if (name !== undefined && !like(name, subject.name)) return false;
  if (path === undefined) return true;
  return at !== undefined && (like(path, at) || like(`${path}.*`, at) || like(`${path}[*`, at));
}

/** `*` stands for any text, everything else for itself. */
export const like = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s").test(text);
