import { createHash, createHmac, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { called, UserError } from "./user-error.ts";

export type SecretFormat = "text" | "postgresql-url" | "redis-url" | "htpasswd";

/**
 * A file of random text that only its owner may read, made once: whoever comes second reads what the first one wrote, also when both
 * run at the same moment.
 */
export async function keptSecret(file: string): Promise<string> {
  const existing = await read(file);
  if (existing !== undefined) return existing;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await read(file))!;
}

async function read(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new UserError(`${file} cannot be read (${error.code}). It holds what the local world made up for secrets.`);
  });
  if (text === undefined) return undefined;
  if (text.trim().length < 32) {
    throw new UserError(
      `${file} is damaged: it must hold the random text that it was made with. Put it back, or delete it and run \`${called()} local reset\`.`,
    );
  }
  return text.trim();
}

/** The local world's value for a declared secret: random to everybody else, the same in every run, different in every stack. */
export function generatedValue(seed: string, place: { project: string; stack: string; key: string }, format: SecretFormat): string {
  const text = createHmac("sha256", seed).update(`${place.project}\0${place.stack}\0${place.key}`).digest("base64url");
  if (format === "postgresql-url") return `postgresql://${place.project}:${text}@database.invalid:5432/${place.project}`;
  if (format === "redis-url") return `redis://:${text}@redis.invalid:6379/0`;
  if (format === "htpasswd") return `${place.project}:{SHA}${createHash("sha1").update(text).digest("base64")}`;
  return text;
}
