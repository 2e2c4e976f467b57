import { stripVTControlCharacters } from "node:util";

const LONGEST = 48;
/** Names after which a value is not shown, wherever it stands: the last guard, behind the engine's own secret marks. */
const SECRET_NAME = /passw|secret|token|credential|private.?key|api.?key|access.?key|connection.?string|(^|[^a-z])(pwd|dsn)([^a-z]|$)/i;

/** The same inside a value: `"password": "x"`, `Password=x;`, `token: x`. */
const INNER_SECRET =
  /([\w.-]*(?:passw|secret|token|credential|private.?key|api.?key|access.?key|pwd|dsn)[\w.-]*["']?\s*[:=]\s*["']?)[^\s"',;&}]+/gi;

export const soundsSecret = (name: string): boolean => SECRET_NAME.test(name);

/** Text that may be printed on a terminal: no control characters, no credentials inside an address, no digest in full. */
export function printable(text: string): string {
  return (
    stripVTControlCharacters(text)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is left of them after the escape sequences
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "")
      .replace(/(\w:\/\/)[^\s/@]+@/g, "$1…@")
      // Eight characters tell two digests apart for a reader.
      .replace(/sha256:([0-9a-f]{8})[0-9a-f]{56}/g, "sha256:$1…")
  );
}

/** Pulumi's word in previews for what only a run will know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value in few words: long text is cut, many lines are counted, objects are named by their size. */
export function short(value: unknown): string {
  if (value === undefined || value === null) return "(none)";
  if (value === UNKNOWN) return "(known after the run)";
  if (Array.isArray(value)) {
    const scalars = value.every((v) => typeof v !== "object" || v === null);
    return scalars && value.length > 0 ? cut(value.map(short).join(", ")) : count(value.length, "entry", "entries");
  }
  if (typeof value === "object") return count(Object.keys(value).length, "field");
  const text = printable(String(value)).replace(INNER_SECRET, "$1…").trimEnd();
  if (text === "") return '""';
  const lines = text.split("\n").length;
  return lines > 1 ? count(lines, "line") : cut(text);
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** What happened to one value: `info -> debug`, `set to debug`, `removed (was info)`. */
export function transition(before: unknown, after: unknown): string {
  if (before === undefined || before === null) return `set to ${short(after)}`;
  if (after === undefined || after === null) return `removed (was ${short(before)})`;
  const [from, to] = [short(before), short(after)];
  return from === to ? `changed (${from})` : `${from} -> ${to}`;
}

/** `0.4 s`, `12 s`, `2 min 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** `Deployment shop/api: 0 of 1 pods available` without the object, which is named anyway. */
export const withoutSubject = (text: string): string => text.replace(/^[A-Z]\w+ [\w.-]+\/[\w.-]+: /, "");
