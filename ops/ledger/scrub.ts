import { looksLikeCredential } from "../../components/rules/credentials.ts";

/** Shorter values would tear holes into ordinary words. */
const SHORTEST = 6;

/**
 * What may be written down for ever: known secret values are taken out of every text, and a text that looks like a credential is
 * replaced as a whole. A deployment's cause comes from a cluster's own words, so an entry is never refused for it.
 */
export function scrub<T>(value: T, secrets: readonly string[]): T {
  const known = secrets.filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
  const clean = (text: string): string => {
    const shown = known.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
    const kind = looksLikeCredential(shown);
    return kind === undefined ? shown : `[left out: it held what looks like ${kind}]`;
  };
  const walk = (node: unknown): unknown => {
    if (typeof node === "string") return clean(node);
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [clean(key), walk(inner)]));
  };
  return walk(value) as T;
}
