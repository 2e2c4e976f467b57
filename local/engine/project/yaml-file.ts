import { readFileSync } from "node:fs";
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import { UserError } from "../../../ops/user-error.ts";

/** A YAML file as plain data (integers as bigint), which can tell on what line a value stands. */
export interface YamlFile {
  readonly file: string;
  readonly data: Record<string, unknown>;
  /** `file:line:column` of the key at a path; the file alone when there is no such key. */
  at(path: readonly (string | number)[]): string;
}

/** Reads a mapping. An empty file is an empty mapping. Syntax errors are UserErrors with the line that is at fault. */
export function readYaml(file: string): YamlFile {
  const text = readFileSync(file, "utf8");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true, merge: true, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined) throw syntaxError(error, text, lines, place(error.pos[0]));
  refuseAmbiguous(document, place);
  const data: unknown = document.toJS() ?? {};
  if (typeof data !== "object" || Array.isArray(data)) throw new UserError(`${file} must hold keys and values (a YAML mapping).`);
  const at = (path: readonly (string | number)[]): string => {
    const parent = document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1))) : undefined;
    const key = isScalar(pair?.key) ? pair.key : undefined;
    return key?.range ? place(key.range[0]) : file;
  };
  return { file, data: data as Record<string, unknown>, at };
}

function syntaxError(error: YAMLError, text: string, lines: LineCounter, where: string): UserError {
  const { line } = lines.linePos(error.pos[0]);
  const offending = text.split(/\r?\n/)[line - 1] ?? "";
  return new UserError(`${where}: ${error.message.replace(/\.?$/, ".")}\n    ${offending.trim()}`);
}

/**
 * Unquoted scalars that Pulumi's YAML reader (Go's yaml.v3) takes for something else than YAML 1.2 says: dates become "2026-11-21 00:00:00
 * +0000 UTC", 0755 is octal, 1_000 and 0b1 are numbers. The two engines must not differ, so they have to be quoted.
 */
const AMBIGUOUS: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?$/, "a date"],
  [/^[-+]?0[0-9]+$/, "an octal number"],
  [/^[-+]?(?=.*_)[0-9][0-9_.]*$/, "a number"],
  [/^[-+]?0b[01_]+$/, "a binary number"],
];

function refuseAmbiguous(document: Document, place: (offset: number) => string): void {
  visit(document, (_key, node) => {
    if (!isScalar(node) || node.type !== "PLAIN" || node.source === undefined) return;
    const taken = AMBIGUOUS.find(([pattern]) => pattern.test(node.source!))?.[1];
    if (taken === undefined) return;
    throw new UserError(
      `${place(node.range?.[0] ?? 0)}: ${node.source} is read as ${taken} by some YAML readers and as text by others. Write it in quotes: "${node.source}".`,
    );
  });
}
