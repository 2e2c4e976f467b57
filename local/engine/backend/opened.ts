import { isSealed, SECRET_SIGNATURE } from "./property-codec.ts";

/**
 * An exported state with its secrets in clear, as `pulumi stack export --show-secrets` writes it: `plaintext` (JSON text of the value)
 * stands in the place of `ciphertext`. `decrypt` opens one ciphertext.
 */
export function opened(json: unknown, decrypt: (ciphertext: string) => string): unknown {
  if (Array.isArray(json)) return json.map((value) => opened(value, decrypt));
  if (typeof json !== "object" || json === null) return json;
  if (isSealed(json)) return { ...SECRET_SIGNATURE, plaintext: decrypt(json.ciphertext) };
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, opened(value, decrypt)]));
}
