import { isMap, type PropertyMap, reveal, Secret, type Value } from "../../engine/values.ts";
import { own } from "./own.ts";

const hasSecret = (value: Value): boolean =>
  value instanceof Secret || (Array.isArray(value) ? value.some(hasSecret) : isMap(value) && Object.values(value).some(hasSecret));

/**
 * Copies the secret marks of `from` to `onto`, as pulumi-kubernetes does: key by key through maps; an array that holds a secret
 * anywhere is secret as a whole, since a server may reorder it. `data` and `stringData` of a Secret are secret always.
 */
export function markSecrets(onto: PropertyMap, from: PropertyMap): PropertyMap {
  const isSecretKind = onto.kind === "Secret" && onto.apiVersion === "v1";
  const mark = (key: string, value: Value): Value => {
    const source = own(from, key);
    if (value instanceof Secret) return value;
    if (isSecretKind && (key === "data" || key === "stringData")) return new Secret(reveal(value));
    if (source === undefined) return value;
    if (isMap(value) && isMap(source)) return markSecrets(value, source);
    return hasSecret(source) ? new Secret(reveal(value)) : value;
  };
  return Object.fromEntries(Object.entries(onto).map(([key, value]) => [key, mark(key, value)]));
}

/** Every secret text in a value, for scrubbing; in a Secret's `data` both the base64 text and what it encodes. */
export function secretTexts(value: Value): Set<string> {
  const found = new Set<string>();
  const add = (text: string): void => {
    if (text.length < 4) return; // too short to search for without hiding half of every message
    found.add(text);
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0) {
      const decoded = Buffer.from(text, "base64").toString("utf8");
      if (decoded.length >= 4 && !decoded.includes("\uFFFD")) found.add(decoded);
    }
  };
  const walk = (v: Value, secret: boolean): void => {
    if (v instanceof Secret) walk(v.value, true);
    else if (Array.isArray(v)) for (const x of v) walk(x, secret);
    else if (isMap(v)) for (const x of Object.values(v)) walk(x, secret);
    else if (secret && (typeof v === "string" || typeof v === "number")) add(String(v));
  };
  walk(value, false);
  return found;
}

/** `text` with `[secret]` in place of every secret of `inputs`, also in the forms that JSON and Go quoting give it. */
export function scrub(text: string, ...inputs: Value[]): string {
  const texts = new Set<string>();
  for (const input of inputs) {
    for (const secret of secretTexts(input)) {
      texts.add(secret);
      texts.add(JSON.stringify(secret).slice(1, -1));
      texts.add(Buffer.from(secret, "utf8").toString("base64"));
    }
  }
  let scrubbed = text;
  for (const secret of [...texts].sort((a, b) => b.length - a.length)) scrubbed = scrubbed.replaceAll(secret, "[secret]");
  return scrubbed;
}
