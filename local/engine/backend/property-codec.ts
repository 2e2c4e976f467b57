import { type PropertyMap, Reference, Secret, UNKNOWN, Unknown, type Value } from "../values.ts";
import type { Crypter } from "./crypter.ts";
import { escapeHtml, jsonObject, sortedKeys } from "./json-text.ts";

/*
 * Property values in Pulumi's checkpoint JSON (pkg/resource/stack/deployment.go): plain JSON, and maps that carry a signature for what
 * JSON cannot say. Assets and archives stay the signed maps they are.
 */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const FLOAT = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c";
const PASSED_THROUGH = new Set(["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"]); // asset, archive
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What is wrong with a value, and where in its resource. The caller names file and resource. */
export class PropertyError extends Error {
  readonly path: string;
  constructor(path: readonly (string | number)[], problem: string) {
    super(problem);
    this.path = path.map((p, i) => (typeof p === "number" ? `[${p}]` : i === 0 ? p : `.${p}`)).join("");
  }
}

/**
 * Ciphertexts by place and plaintext, so that a secret that did not change keeps its ciphertext from one save to the next (Pulumi's own
 * secrets manager caches to the same end). The same value at two places has two ciphertexts: equality stays hidden.
 */
class CiphertextCache {
  readonly #known = new Map<string, string>();

  remember(place: string, plaintext: string, ciphertext: string): void {
    this.#known.set(`${place}\n${plaintext}`, ciphertext);
  }
  encrypt(place: string, plaintext: string, crypter: Crypter): string {
    const key = `${place}\n${plaintext}`;
    let ciphertext = this.#known.get(key);
    if (ciphertext === undefined) {
      ciphertext = crypter.encrypt(plaintext);
      this.#known.set(key, ciphertext);
    }
    return ciphertext;
  }
}

type Path = (string | number)[];
const NO_CRYPTER = undefined;

export class PropertyCodec {
  readonly #crypter: Crypter;
  readonly #cache = new CiphertextCache();
  /** Of the map at work: names the resource and the bag, for the cache. */
  #place = "";

  constructor(crypter: Crypter) {
    this.#crypter = crypter;
  }

  /** JSON text of a property map. `place` is unique in the stack (resource and bag). */
  encodeMap(map: PropertyMap, place: string): string {
    this.#place = place;
    return this.#encodeMap(map, [], true);
  }

  /** Throws `PropertyError`. */
  decodeMap(json: unknown, place: string): PropertyMap {
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw new PropertyError([], "expected an object");
    this.#place = place;
    return this.#decodeMap(json, [], this.#crypter);
  }

  #encodeMap(map: PropertyMap, path: Path, encrypting: boolean): string {
    let text = "";
    for (const key of sortedKeys(map)) {
      const value = map[key];
      if (value === undefined) continue;
      path.push(key);
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${this.#encode(value, path, encrypting)}`;
      path.pop();
    }
    return `{${text}}`;
  }

  #encode(value: Value, path: Path, encrypting: boolean): string {
    if (typeof value === "number") return encodeNumber(value);
    if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
    if (Array.isArray(value)) {
      const items = value.map((item, i) => {
        path.push(i);
        const text = this.#encode(item, path, encrypting);
        path.pop();
        return text;
      });
      return `[${items.join(",")}]`;
    }
    if (value instanceof Secret) {
      const plaintext = escapeHtml(this.#encode(value.value, path, false));
      // inside a secret nothing is encrypted twice
      const ciphertext = encrypting ? this.#cache.encrypt(`${this.#place}\n${JSON.stringify(path)}`, plaintext, this.#crypter) : plaintext;
      return `{"${SIGNATURE}":"${SECRET}","ciphertext":${JSON.stringify(ciphertext)}}`;
    }
    if (value instanceof Unknown) return `"${UNKNOWN_TEXT}"`;
    if (value instanceof Reference) {
      const id = value.id === undefined ? undefined : JSON.stringify(value.id);
      return jsonObject([
        [SIGNATURE, `"${REFERENCE}"`],
        ["id", id],
        ["packageVersion", JSON.stringify(value.packageVersion)],
        ["urn", JSON.stringify(value.urn)],
      ]);
    }
    return this.#encodeMap(value, path, encrypting);
  }

  #decodeMap(json: object, path: Path, crypter: Crypter | undefined): PropertyMap {
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => {
        path.push(key);
        const decoded = this.#decode(value, path, crypter);
        path.pop();
        return [key, decoded];
      }),
    );
  }

  #decode(json: unknown, path: Path, crypter: Crypter | undefined): Value {
    if (json === UNKNOWN_TEXT) return UNKNOWN;
    if (json === null || typeof json !== "object") return json as Value;
    if (Array.isArray(json)) {
      return json.map((item, i) => {
        path.push(i);
        const value = this.#decode(item, path, crypter);
        path.pop();
        return value;
      });
    }
    const map = json as Record<string, unknown>;
    const signature = Object.hasOwn(map, SIGNATURE) ? map[SIGNATURE] : undefined;
    if (signature === undefined || PASSED_THROUGH.has(signature as string)) return this.#decodeMap(map, path, crypter);
    if (signature === SECRET) return this.#decodeSecret(map, path, crypter);
    if (signature === REFERENCE) return decodeReference(map, path);
    if (signature === FLOAT && typeof map.value === "string") return decodeFloat(map.value);
    throw new PropertyError(path, `it carries the signature ${JSON.stringify(signature)}, which this version does not know`);
  }

  #decodeSecret(map: Record<string, unknown>, path: Path, crypter: Crypter | undefined): Secret {
    const { ciphertext, plaintext } = map;
    let text: string;
    if (typeof plaintext === "string" && ciphertext === undefined) text = plaintext;
    else if (typeof ciphertext !== "string" || plaintext !== undefined)
      throw new PropertyError(path, "a secret needs either a ciphertext or a plaintext");
    else if (crypter === NO_CRYPTER) text = ciphertext;
    else {
      try {
        text = crypter.decrypt(ciphertext);
      } catch (error) {
        throw new PropertyError(path, (error as Error).message);
      }
      this.#cache.remember(`${this.#place}\n${JSON.stringify(path)}`, text, ciphertext);
    }
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new PropertyError(path, "the decrypted secret is not JSON"); // the parser's own message would quote the value
    }
    return new Secret(this.#decode(json, path, NO_CRYPTER));
  }
}

/** What marks a secret in a checkpoint. */
export const SECRET_SIGNATURE = { [SIGNATURE]: SECRET };
export const isSealed = (json: object): json is { ciphertext: string } =>
  (json as Record<string, unknown>)[SIGNATURE] === SECRET && "ciphertext" in json && typeof json.ciphertext === "string";

/** Does the JSON hold a value that only its passphrase opens? */
export function holdsCiphertext(json: unknown): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (!Array.isArray(json) && (json as Record<string, unknown>)[SIGNATURE] === SECRET) return "ciphertext" in json;
  return Object.values(json).some(holdsCiphertext);
}

function decodeReference(map: Record<string, unknown>, path: Path): Reference {
  const { urn, id, packageVersion } = map;
  if (typeof urn !== "string") throw new PropertyError(path, "a resource reference needs a urn");
  if (id !== undefined && typeof id !== "string") throw new PropertyError(path, "the id of a resource reference must be text");
  return new Reference(urn, id, typeof packageVersion === "string" ? packageVersion : "");
}

function encodeNumber(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return `{"${SIGNATURE}":"${FLOAT}","value":"${bits.getBigUint64(0).toString(16).padStart(16, "0")}"}`;
}

function decodeFloat(hex: string): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, BigInt(`0x${hex}`));
  return bits.getFloat64(0);
}
