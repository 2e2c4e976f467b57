import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { isRecord } from "../report/diff.ts";
import { count, printable } from "../report/text.ts";
import type { Note } from "./previewed.ts";

/** Which encrypted values of a stack's file were added, changed or removed. The ciphertext alone is compared: nothing is opened. */
export function changedSecrets(baseDir: string, headDir: string, stack: string): Note[] {
  const [before, after] = [read(baseDir, stack), read(headDir, stack)];
  if (before === undefined || after === undefined) return [];
  const [old, now] = [ciphertexts(before.config), ciphertexts(after.config)];
  // Another passphrase encrypts every value anew, whether it changed or not.
  const isNewKey = before.encryptionsalt !== after.encryptionsalt && old.size > 0;
  const found = [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const [from, to] = [old.get(key), now.get(key)];
    if (from === to) return [];
    return [`${printable(key)} ${from === undefined ? "added" : to === undefined ? "removed" : isNewKey ? "encrypted anew" : "changed"}`];
  });
  const key = isNewKey ? [{ text: "the key that encrypts its secrets changed", brief: "another encryption key" }] : [];
  return found.length === 0 ? key : [...key, { text: `secrets: ${found.join(", ")}`, brief: `${count(found.length, "secret")} changed` }];
}

function read(dir: string, stack: string): Record<string, unknown> | undefined {
  const file = [".yaml", ".yml"].map((ending) => path.join(dir, `Pulumi.${stack}${ending}`)).find((candidate) => existsSync(candidate));
  if (file === undefined) return undefined;
  try {
    const data: unknown = parse(readFileSync(file, "utf8"), { maxAliasCount: 100 });
    return isRecord(data) ? data : undefined;
  } catch {
    // What is wrong with the file, the preview of it says.
    return undefined;
  }
}

function ciphertexts(value: unknown, key = ""): Map<string, string> {
  if (Array.isArray(value)) return new Map(value.flatMap((inner, i) => [...ciphertexts(inner, `${key}[${i}]`)]));
  if (!isRecord(value)) return new Map();
  if (typeof value.secure === "string" && Object.keys(value).length === 1) return new Map([[key, value.secure]]);
  return new Map(Object.entries(value).flatMap(([name, inner]) => [...ciphertexts(inner, key === "" ? name : `${key}.${name}`)]));
}
