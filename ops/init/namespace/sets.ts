import type { Json } from "../../report/diff.ts";
import type { Variable } from "./variables.ts";

/** Sets of configuration and secrets of the application, and their values in the environment that was read. */
export interface Sets {
  readonly config: Record<string, { keys: Record<string, Json>; as: string }>;
  readonly secrets: Record<string, { keys: Record<string, Json>; as: string }>;
  readonly values: Record<string, Record<string, string>>;
  /** By key. Never shown and never written but encrypted. */
  readonly secretValues: Map<string, string>;
}
export const noSets = (): Sets => ({ config: {}, secrets: {}, values: {}, secretValues: new Map() });

export interface Read {
  readonly config: string[];
  readonly secrets: string[];
  /** Why a service's variables cannot be told by sets; then nothing was added. */
  readonly fault?: string;
}

/** Adds what a service reads; sets of a ConfigMap or Secret that several services read are one. */
export function addTo(sets: Sets, service: string, all: readonly Variable[]): Read {
  const last = new Map(all.map((variable) => [`${variable.as} ${variable.as === "env" ? "" : variable.set} ${variable.key}`, variable]));
  // A variable that is given twice has the last value. Its own set then holds all of the service's: a shared one would say the other.
  const isTwice = last.size < all.filter((one, i) => all.findIndex((other) => same(one, other)) === i).length;
  const variables = isTwice
    ? [...last.values()].map((one) => (one.as === "env" && !one.secret ? { ...one, set: `${service}-env` } : one))
    : all;
  for (const { key, value, secret } of variables)
    if (secret && (sets.secretValues.get(key) ?? value) !== value)
      return {
        config: [],
        secrets: [],
        fault: `its secret ${key} has another value than the ${key} of another service: a stack has one value of a key`,
      };
  for (const { key, value, set, secret, as } of variables) {
    if (secret) {
      const known = sets.secrets[set] ?? { keys: {}, as };
      sets.secrets[set] = { keys: { ...known.keys, [key]: formatOf(value) }, as: known.as === as ? as : "both" };
      sets.secretValues.set(key, value);
    } else {
      const known = sets.config[set] ?? { keys: {}, as };
      sets.config[set] = { keys: { ...known.keys, [key]: {} }, as: known.as === as ? as : "both" };
      sets.values[set] = { ...sets.values[set], [key]: value };
    }
  }
  const named = (secret: boolean) => [...new Set(variables.filter((one) => one.secret === secret).map(({ set }) => set))].sort();
  return { config: named(false), secrets: named(true) };
}

const same = (a: Variable, b: Variable): boolean => a.key === b.key && a.set === b.set && a.as === b.as;

const formatOf = (value: string): Json =>
  /^postgres(ql)?:\/\/\S+$/.test(value) ? { format: "postgresql-url" } : /^rediss?:\/\/\S+$/.test(value) ? { format: "redis-url" } : {};
