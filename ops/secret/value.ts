import type { DeclaredSecret } from "../../components/secrets.ts";
import { answered } from "../terminal/answered.ts";
import type { Io } from "../terminal/io.ts";
import { UserError } from "../user-error.ts";

const FORMATS: Readonly<Record<DeclaredSecret["format"], { pattern: RegExp; words: string }>> = {
  text: { pattern: /[\s\S]/, words: "some text" },
  "postgresql-url": { pattern: /^postgres(ql)?:\/\/\S+$/, words: "a URL that begins with postgresql://" },
  "redis-url": { pattern: /^rediss?:\/\/\S+$/, words: "a URL that begins with redis:// or rediss://" },
  htpasswd: { pattern: /^[^:\s]+:\S+/, words: "lines of USER:HASH, as `htpasswd -nbs USER PASSWORD` prints them" },
};

/** The value, typed where nobody sees it, or read from standard input: never from the command line, which every process may read. */
export async function askForValue(io: Io, { key, format }: Pick<DeclaredSecret, "key" | "format">): Promise<string> {
  const given = io.interactive ? await hidden(`${key}: `) : await io.input?.();
  const value = given?.replace(/\r?\n$/, "") ?? "";
  const { pattern, words } = FORMATS[format];
  if (value === "") throw new UserError(`No value for ${key}: type it, or hand it over on standard input.`, 2);
  if (!pattern.test(value)) throw new UserError(`The value for ${key} must be ${words}. Nothing was changed.`, 2);
  return value;
}

async function hidden(message: string): Promise<string> {
  const { password } = await import("@inquirer/prompts");
  return answered(password({ message, mask: false }, { output: process.stderr }));
}
