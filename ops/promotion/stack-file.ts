import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import {
  Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  stringify,
  visit,
  type YAMLMap,
} from "yaml";
import { isRecord } from "../report/diff.ts";
import { UserError } from "../user-error.ts";

/** A stack's settings file, which is the team's own: what we change is spliced into its text, and every other byte stays. */
export interface StackFile {
  readonly file: string;
  readonly text: string;
}

export function readStackFile(projectDir: string, stack: string): StackFile {
  const file = [".yaml", ".yml"].map((ext) => path.join(projectDir, `Pulumi.${stack}${ext}`)).find((f) => existsSync(f));
  if (file === undefined) throw new UserError(`There is no Pulumi.${stack}.yaml in ${projectDir}.`, 2);
  return { file, text: readFileSync(file, "utf8") };
}

export const writeStackFile = ({ file }: StackFile, text: string): Promise<void> => writeFileAtomic(file, text);

/** A value of `config:` in the file; undefined when it is not there. */
export function readValue({ file, text }: StackFile, project: string, key: string): unknown {
  const pair = findPair(parse(file, text), project, key);
  return pair === undefined ? undefined : ((pair.value as Node | null)?.toJSON() ?? null);
}

/**
 * The file's text with another value under the project's key. As long as the value has the same keys, only the scalars that differ are
 * replaced, and comments between them stay; otherwise the value is written anew.
 */
export function withValueInFile({ file, text }: StackFile, project: string, key: string, value: unknown): string {
  const document = parse(file, text);
  const pair = findPair(document, project, key);
  if (pair === undefined) return appended(file, text, document, `${project}:${key}`, value);
  const node = pair.value as Node | null;
  const edits = node === null ? undefined : scalarEdits(node, value);
  if (edits !== undefined) return spliced(text, edits);
  return replaced(file, text, pair, value);
}

function parse(file: string, text: string): YAMLMap {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new UserError(`${file}:${line}:${col} is not valid YAML: ${error.message}`);
  }
  const config = document.get("config", true);
  if (!isMap(config)) throw new UserError(`${file} has no settings under \`config\`.`);
  return config as YAMLMap;
}

function findPair(config: YAMLMap, project: string, key: string): Pair | undefined {
  const names = [`${project}:${key}`, key];
  return config.items.find((pair) => isScalar(pair.key) && names.includes(String(pair.key.value)));
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Replacements of single scalars; undefined when the shape differs or a node has no place in the text. */
function scalarEdits(node: Node, value: unknown): Edit[] | undefined {
  if (isMap(node) && isRecord(value)) {
    const keys = node.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : undefined));
    if (keys.length !== Object.keys(value).length || keys.some((key) => key === undefined || !Object.hasOwn(value, key))) return undefined;
    const edits = node.items.map((pair, index) => (pair.value === null ? undefined : scalarEdits(pair.value as Node, value[keys[index]!])));
    return edits.some((edit) => edit === undefined) ? undefined : edits.flatMap((edit) => edit!);
  }
  if (isScalar(node) && !isRecord(value) && !Array.isArray(value) && node.range) {
    if (node.value === value) return [];
    if (node.anchor !== undefined || node.tag !== undefined || node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED")
      return undefined;
    return [{ start: node.range[0], end: node.range[1], text: scalarText(value, node) }];
  }
  return JSON.stringify(node.toJSON()) === JSON.stringify(value) ? [] : undefined;
}

/** A value in YAML, with quotes around what some YAML reader takes for a number or a date. */
function unambiguous(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar(_, node) {
      if (isAmbiguous(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** As the file quotes it already; plain text that some YAML reader takes for a number or a date is quoted. */
function scalarText(value: unknown, { type }: Pick<Scalar, "type">): string {
  const quoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE" || isAmbiguous(value);
  const style = typeof value === "string" && quoted ? (type === "QUOTE_SINGLE" ? "QUOTE_SINGLE" : "QUOTE_DOUBLE") : undefined;
  return stringify(value, { lineWidth: 0, ...(style === undefined ? {} : { defaultStringType: style }) }).trimEnd();
}

/** Dates, octal, binary and underscored numbers (YAML 1.1, which the Pulumi CLI reads), and a commit that is all digits or like 1e5. */
const isAmbiguous = (value: unknown): boolean =>
  typeof value === "string" &&
  (/^[-+]?[0-9][0-9_.]*$/.test(value) || /^[-+0-9.]+e[0-9]+$/i.test(value) || /^\d{4}-\d\d?-\d\d?/.test(value) || /^0b/.test(value)) &&
  !/^\d+\.\d+\.\d+/.test(value);

function spliced(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((t, { start, end, text: part }) => t.slice(0, start) + part + t.slice(end), text);
}

/** The pair's value as a block of its own, under the key as it stands. */
function replaced(file: string, text: string, pair: Pair, value: unknown): string {
  const key = pair.key as Scalar;
  const node = pair.value as Node | null;
  const start = key.range![1];
  const end = node?.range?.[1] ?? start;
  const column = start - text.lastIndexOf("\n", start - 1) - 1 - (key.range![1] - key.range![0]);
  const body = block(value, column);
  const colon = text.indexOf(":", start);
  if (colon < 0) throw new UserError(`${file}: "${key.value}" stands where nothing can be written under it.`);
  // A comment on the key's own line belongs to the key.
  const line = text.indexOf("\n", colon);
  const comment = line < 0 ? "" : (/^\s*#.*$/.exec(text.slice(colon + 1, line))?.[0] ?? "");
  const rest = text.slice(end).replace(/^[^\S\n]*(?=\n)/, "");
  return `${text.slice(0, colon + 1)}${comment}\n${body}${rest.startsWith("\n") ? "" : "\n"}${rest}`;
}

function appended(file: string, text: string, config: YAMLMap, name: string, value: unknown): string {
  const first = config.items[0]?.key as Scalar | undefined;
  const end = config.range?.[1];
  if (config.flow || first?.range === undefined || first.range === null || end === undefined)
    throw new UserError(`${file}: \`config\` is written on one line; put each key on a line of its own.`);
  const column = first.range[0] - text.lastIndexOf("\n", first.range[0] - 1) - 1;
  const before = text.slice(0, end).trimEnd();
  return `${before}\n${" ".repeat(column)}${name}:\n${block(value, column)}\n${text.slice(end).replace(/^\n/, "")}`;
}

const block = (value: unknown, column: number): string =>
  unambiguous(value)
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? line : " ".repeat(column + 2) + line))
    .join("\n");
