/**
 * Property values as the engine and its providers hold them: plain JSON values plus the three marks that Pulumi's wire
 * protocol and state file carry. (Codecs for both live beside this file.)
 */
export type Value = null | boolean | number | string | Value[] | PropertyMap | Secret | Unknown | Reference;
export interface PropertyMap {
  [key: string]: Value;
}

/** A value that must never be shown. Wraps any value, also a whole map; never nested in another Secret. */
export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value instanceof Secret ? value.value : value;
  }
}

/** A value that a preview cannot know yet. There is one instance: `UNKNOWN`. */
export class Unknown {
  private readonly mark = "unknown";
  toString(): string {
    return this.mark;
  }
}
export const UNKNOWN = new Unknown();

/** A reference to a resource (`urn`, and `id` for custom resources; an unknown id is ""). */
export class Reference {
  readonly urn: string;
  readonly id: string | undefined;
  /** Version of the package that the resource is of; "" when nobody said. */
  readonly packageVersion: string;
  constructor(urn: string, id: string | undefined, packageVersion = "") {
    this.urn = urn;
    this.id = id;
    this.packageVersion = packageVersion;
  }
}

export const isMap = (v: Value | undefined): v is PropertyMap =>
  typeof v === "object" &&
  v !== null &&
  !Array.isArray(v) &&
  !(v instanceof Secret) &&
  !(v instanceof Unknown) &&
  !(v instanceof Reference);

/** The same value without its secret marks. Only for calls to the live system and for comparing; never for anything that is shown or stored. */
export function reveal(v: Value): Value {
  if (v instanceof Secret) return reveal(v.value);
  if (Array.isArray(v)) return v.map(reveal);
  if (isMap(v)) return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, reveal(x)]));
  return v;
}

/** The same value with `[secret]` in place of every secret: what may be shown. */
export function redact(v: Value): Value {
  if (v instanceof Secret) return "[secret]";
  if (Array.isArray(v)) return v.map(redact);
  if (isMap(v)) return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, redact(x)]));
  return v;
}

export function hasUnknown(v: Value): boolean {
  if (v instanceof Unknown) return true;
  if (v instanceof Secret) return hasUnknown(v.value);
  if (Array.isArray(v)) return v.some(hasUnknown);
  return isMap(v) && Object.values(v).some(hasUnknown);
}
