import { isRecord, type Json } from "../report/diff.ts";
import { short, soundsSecret } from "../report/text.ts";
import type { Applied } from "./baseline.ts";
import { type Path, pathText } from "./path.ts";

const HIDDEN = "[secret]";
/** A whole object in an annotation, with a Secret's data if it is one. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
/** Shorter texts cannot be searched for without hiding half of every line. */
const SHORTEST = 6;

/** Turns values into words that may be shown: none of a Secret, none that the program marked, none that sounds like one, and no copy of them. */
export class Redaction {
  readonly #texts: string[];

  constructor(applied: readonly Applied[], live: Iterable<Json>) {
    const texts = new Set<string>();
    for (const object of applied) if (object.secret.length > 0) for (const text of secretTexts(object)) texts.add(text);
    for (const object of live) if (object.kind === "Secret") for (const text of dataTexts(object.data)) texts.add(text);
    const forms = [...texts]
      .filter((text) => text.length >= SHORTEST)
      .flatMap((text) => [text, Buffer.from(text).toString("base64"), JSON.stringify(text).slice(1, -1)]);
    this.#texts = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }

  /** The value of a field in a few words; undefined for none. */
  shown(value: unknown, path: Path, object: { kind: string; secret?: readonly string[] }): string | undefined {
    if (value === undefined) return undefined;
    return isHidden(path, object) ? HIDDEN : this.text(short(cleaned(value)));
  }

  /** Text of any origin, without copies of known secrets. */
  text(text: string): string {
    return this.#texts.reduce((t, secret) => t.replaceAll(secret, HIDDEN), text);
  }
}

function isHidden(path: Path, { kind, secret = [] }: { kind: string; secret?: readonly string[] }): boolean {
  const text = pathText(path);
  if (kind === "Secret" && (path[0] === "data" || path[0] === "stringData")) return true;
  if (path.includes(LAST_APPLIED)) return true;
  if (secret.some((prefix) => text === prefix || text.startsWith(`${prefix}.`) || text.startsWith(`${prefix}[`))) return true;
  return path.some((step) => typeof step !== "number" && soundsSecret(typeof step === "string" ? step : step.value)) && isValue(path);
}

/** `data.PASSWORD` and `env[PASSWORD].value` hold a value; a reference to a secret (`secretKeyRef`) holds none. */
const isValue = (path: Path): boolean => path.at(-1) === "value" || path[0] === "data" || path.includes("annotations");

/** An entry that was added as a whole: what sounds secret in it is hidden too. */
function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isRecord(value)) return value;
  const named = typeof value.name === "string" && soundsSecret(value.name) && "value" in value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, named && key === "value" ? HIDDEN : cleaned(v)]));
}

function dataTexts(data: unknown): string[] {
  if (!isRecord(data)) return [];
  return Object.values(data).flatMap((value) => (typeof value === "string" ? [value, Buffer.from(value, "base64").toString("utf8")] : []));
}

function secretTexts({ kind, declared, live, secret }: Applied): string[] {
  if (kind === "Secret")
    return [...dataTexts(live.data), ...Object.values(isRecord(declared.stringData) ? declared.stringData : {}).map(String)];
  const found: string[] = [];
  const walk = (value: unknown, path: Path, inside: boolean): void => {
    const within = inside || secret.includes(pathText(path));
    if (Array.isArray(value)) value.forEach((v, i) => void walk(v, [...path, i], within));
    else if (isRecord(value)) for (const [key, v] of Object.entries(value)) walk(v, [...path, key], within);
    else if (within && value !== undefined) found.push(String(value));
  };
  walk(declared, [], false);
  return found;
}
