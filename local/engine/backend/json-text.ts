/**
 * JSON text as Go's encoder, and so Pulumi, writes it: keys in order, no blanks, line separators escaped. Text is built directly, because
 * a JavaScript object would put keys that look like numbers first and cannot hold a key such as `__proto__` safely.
 */
export function jsonObject(entries: Iterable<readonly [string, string | undefined]>): string {
  let text = "";
  for (const [key, value] of entries) if (value !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${value}`;
  return `{${text}}`;
}

export const sortedKeys = (map: object): string[] => {
  const keys = Object.keys(map);
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort();
  return keys;
};

/** Plain JSON data with sorted keys. bigint is written as the integer it is. */
export function jsonText(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map((v) => jsonText(v ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const map = value as Record<string, unknown>;
    return jsonObject(sortedKeys(map).map((k) => [k, map[k] === undefined ? undefined : jsonText(map[k])] as const));
  }
  return JSON.stringify(value ?? null);
}

const escapes = (text: string, which: RegExp): string => text.replace(which, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** For files: Go escapes the two Unicode line separators in any JSON. */
export const escapeSeparators = (text: string): string => escapes(text, /[\u2028\u2029]/g);

/** For JSON text inside a string (a secret's plaintext, a structured configuration value): Go escapes HTML's characters there too. */
export const escapeHtml = (text: string): string => escapes(text, /[<>&\u2028\u2029]/g);
