import { Document, isMap, isScalar, type Node, type Pair, parseDocument, stringify, visit, type YAMLMap } from "yaml";
import { type StackFile, withValueInFile } from "../../promotion/stack-file.ts";
import { sorted } from "../../report/sorted.ts";
import { UserError } from "../../user-error.ts";
import { keysOf, type Lineage, placed } from "./lineage.ts";

/**
 * The text of a stack's settings file with these servers in `environment.azure.database`. Only the lines that say so change; what cannot be
 * changed line by line (an alias, a merged key) is written anew with all of `environment`.
 */
export function withLineageInFile(stackFile: StackFile, project: string, lineage: Lineage): string {
  const wanted = placed(environmentIn(stackFile.text, project), lineage);
  const is = (text: string | undefined) => text !== undefined && same(environmentIn(text, project), wanted);
  const spliced = splice(stackFile.text, project, keysOf(lineage));
  if (is(spliced)) return spliced!;
  const anew = withValueInFile(stackFile, project, "environment", wanted);
  if (is(anew)) return anew;
  throw new UserError(
    `${stackFile.file}: environment.azure.database cannot be written there by a program. Write it out plainly, without aliases, and try again.`,
  );
}

/** As whoever reads the file has it: aliases resolved. Undefined where it cannot be read. */
function environmentIn(text: string, project: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, merge: true });
  const config = document.errors.length > 0 ? undefined : (document.toJS() as { config?: Record<string, unknown> } | null)?.config;
  return config?.[`${project}:environment`] ?? config?.environment;
}

function splice(text: string, project: string, keys: Readonly<Record<string, unknown>>): string | undefined {
  let now = text;
  for (const [key, value] of Object.entries(keys)) {
    const map = databaseMap(now, project);
    const next = map === undefined ? undefined : withKey(now, map, key, value);
    if (next === undefined) return undefined;
    now = next;
  }
  return now;
}

function databaseMap(text: string, project: string): YAMLMap | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return undefined;
  const config = document.get("config", true);
  const environment = isMap(config) ? (config.get(`${project}:environment`, true) ?? config.get("environment", true)) : undefined;
  const database = isMap(environment) ? environment.getIn(["azure", "database"], true) : undefined;
  return isMap(database) ? (database as YAMLMap) : undefined;
}

function withKey(text: string, map: YAMLMap, key: string, value: unknown): string | undefined {
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (pair === undefined && value === undefined) return text;
  if (pair !== undefined && same((pair.value as Node | null)?.toJSON(), value)) return text;
  if (map.flow) return inFlow(text, map, key, value);
  if (pair !== undefined && isScalar(pair.value) && typeof value === "string" && pair.value.range) {
    const [start, end] = pair.value.range;
    return text.slice(0, start) + stringify(value, { lineWidth: 0 }).trimEnd() + text.slice(end);
  }
  const without = pair === undefined ? { text, at: endOf(text, map.items.at(-1)!) } : lineless(text, pair);
  if (value === undefined || without === undefined) return without?.text;
  return without.text.slice(0, without.at) + block(key, value, columnOf(text, map)) + without.text.slice(without.at);
}

/** `{ name: acme }`, with whatever is in it, on its one line. */
function inFlow(text: string, map: YAMLMap, key: string, value: unknown): string | undefined {
  const [start, end] = map.range ?? [];
  if (start === undefined || end === undefined) return undefined;
  const { [key]: _, ...rest } = map.toJSON() as Record<string, unknown>;
  const all = key === "name" ? { [key]: value, ...rest } : { ...rest, ...(value === undefined ? {} : { [key]: value }) };
  const document = new Document({});
  document.contents = document.createNode(all, { flow: true }) as never;
  return text.slice(0, start) + written(document) + text.slice(end);
}

const columnOf = (text: string, map: YAMLMap): number => {
  const start = (map.items[0]!.key as Node).range![0];
  return start - text.lastIndexOf("\n", start - 1) - 1;
};

/** Behind the last line of a key's value: comments below it belong to what follows. */
function endOf(text: string, { key, value }: Pair): number {
  const end = (value as Node | null)?.range?.[1] ?? (key as Node).range![1];
  const trimmed = text.slice(0, end).trimEnd().length;
  const line = text.indexOf("\n", trimmed);
  return line < 0 ? text.length : line + 1;
}

/** The text without a key's lines, and where they were. */
function lineless(text: string, pair: Pair): { text: string; at: number } | undefined {
  const at = text.lastIndexOf("\n", (pair.key as Node).range![0] - 1) + 1;
  return { text: text.slice(0, at) + text.slice(endOf(text, pair)), at };
}

function block(key: string, value: unknown, column: number): string {
  const lines = written(new Document({ [key]: value })).split("\n");
  return lines.map((line) => `${" ".repeat(column)}${line}\n`).join("");
}

/** A time in quotes: some readers of YAML would make a date of it. */
function written(document: Document): string {
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && /^\d{4}-\d\d-\d\dT/.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 }).trimEnd();
}

/** Whatever the order of keys. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
