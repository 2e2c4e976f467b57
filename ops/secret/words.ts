import type { ApplicationSettings } from "../../components/application.schema.ts";
import type { DeclaredSecret } from "../../components/secrets.ts";
import { Git } from "../ledger/git.ts";

/** Services that read a secret: its set is mounted into them, and a new value rolls them. */
export const readersOf = ({ services }: ApplicationSettings, { set, format }: DeclaredSecret): string[] =>
  set === undefined || format === "htpasswd" ? [] : services.filter(({ secrets }) => secrets.includes(set)).map(({ name }) => name);

/** What a new value does, in words. */
export function effectOf(application: ApplicationSettings, secret: DeclaredSecret): string {
  if (secret.set === undefined) return "Only workflows on GitHub use it: nothing restarts.";
  if (secret.format === "htpasswd") return "Only the Gateway reads it: no service restarts.";
  const readers = readersOf(application, secret);
  return readers.length === 0 ? "No service reads it: nothing restarts." : `The next up restarts ${readers.join(", ")}, and nothing else.`;
}

/** When the value that is there came into git; undefined: not yet, or git cannot tell. */
export async function committedAt(dir: string, file: string, ciphertext: string): Promise<string | undefined> {
  const { code, stdout } = await new Git(dir).attempt(["log", "--format=%cI", `-S${ciphertext}`, "--", file]);
  const [newest] = code === 0 ? stdout.toString("utf8").trim().split("\n") : [];
  return newest || undefined;
}
