import type { Crypter } from "../backend/crypter.ts";
import { escapeHtml, jsonText } from "../backend/json-text.ts";
import type { ConfigValue } from "../state.ts";

/** Stands for a secret that nobody opened. */
const PLACEHOLDER = "[secret]";

/** A value of a stack file's `config:` as the program reads it: text as it is, other scalars and structures as JSON text. */
export function fromStackFile(value: unknown, crypter: Crypter | undefined): ConfigValue {
  const opened = open(value, crypter);
  const text = typeof opened.value === "string" ? opened.value : escapeHtml(jsonText(normalNumbers(opened.value)));
  const object = value === null || (typeof value === "object" && !isSecure(value));
  return {
    value: text,
    secret: opened.secret,
    ...(object ? { object: true } : {}),
    ...(opened.secret && crypter === undefined ? { undecryptable: true as const } : {}),
  };
}

/** A `value:` or `default:` of Pulumi.yaml's `config:`. Pulumi counts a fraction as a structure there. */
export function fromProjectFile(value: unknown): ConfigValue {
  const plain = normalNumbers(value);
  if (typeof plain === "string") return { value: plain, secret: false };
  const text = escapeHtml(jsonText(plain));
  return typeof plain === "boolean" || typeof plain === "bigint"
    ? { value: text, secret: false }
    : { value: text, secret: false, object: true };
}

const isSecure = (value: unknown): value is { secure: string } =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === 1 &&
  typeof (value as { secure?: unknown }).secure === "string";

function open(value: unknown, crypter: Crypter | undefined): { value: unknown; secret: boolean } {
  if (isSecure(value)) return { value: crypter === undefined ? PLACEHOLDER : crypter.decrypt(value.secure), secret: true };
  if (Array.isArray(value)) {
    const items = value.map((item) => open(item, crypter));
    return { value: items.map((i) => i.value), secret: items.some((i) => i.secret) };
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, open(item, crypter)] as const);
    return { value: Object.fromEntries(entries.map(([key, item]) => [key, item.value])), secret: entries.some(([, item]) => item.secret) };
  }
  return { value, secret: false };
}

/** Integers beyond 64 bits are fractions to Go. */
function normalNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return value < -(2n ** 63n) || value >= 2n ** 64n ? Number(value) : value;
  if (Array.isArray(value)) return value.map(normalNumbers);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, normalNumbers(v)]));
  return value;
}
