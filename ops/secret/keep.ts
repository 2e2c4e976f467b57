import { readFileSync } from "node:fs";
import { parse, parseDocument } from "yaml";
import { stackCrypter } from "../local/crypter.ts";
import { readStackFile, type StackFile, withValueInFile, writeStackFile } from "../promotion/stack-file.ts";
import { findBackend } from "../pulumi/backend.ts";
import { findCli } from "../pulumi/cli.ts";
import { UserError } from "../user-error.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface Place {
  readonly projectDir: string;
  readonly project: string;
  readonly stack: string;
  readonly env: Env;
  readonly cwd: string;
  /** `--pulumi PATH`. */
  readonly pulumi?: string | undefined;
}

/** Encrypts a value with the stack's own secrets provider and writes it into its file. Says how. */
export async function keepSecret(place: Place, key: string, value: string): Promise<string> {
  const file = readStackFile(place.projectDir, place.stack);
  const { secretsprovider, encryptionsalt } = providerOf(file);
  const passphrase = passphraseOf(place.env);
  const byPassphrase = secretsprovider === undefined || secretsprovider === "passphrase";
  const servicesOwn = encryptionsalt === undefined && /^https?:/.test(findBackend(place.projectDir, place.env).url ?? "https:");
  if (byPassphrase && passphrase !== undefined && !servicesOwn) {
    await writeStackFile(file, await encrypted(place, file, encryptionsalt, passphrase, key, value));
    return "encrypted with the stack's passphrase";
  }
  if (byPassphrase && encryptionsalt !== undefined)
    throw new UserError(
      `The secrets of ${place.stack} are kept under a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.`,
    );
  const cli = await findCli({ env: place.env, cwd: place.cwd, given: place.pulumi });
  try {
    await cli.run(["config", "set", "--secret", key, "--stack", place.stack], place.projectDir, {}, undefined, undefined, undefined, value);
  } catch (error) {
    const [reason = "it gave no reason"] = String((error as { stderr?: string }).stderr ?? "")
      .trim()
      .split("\n");
    throw new UserError(`The Pulumi CLI did not keep ${key} for ${place.stack}: ${reason.replaceAll(value, "[secret]")}`);
  }
  return `encrypted by ${secretsprovider?.replace(/\?.*$/, "") ?? "the backend's own secrets provider"}`;
}

async function encrypted(place: Place, file: StackFile, salt: string | undefined, passphrase: string, key: string, value: string) {
  const crypter = await stackCrypter(place.stack, salt, passphrase);
  const text = withValueInFile(file, place.project, key, { secure: crypter.encrypt(value) });
  return salt === undefined ? `${text.trimEnd()}\nencryptionsalt: ${crypter.salt}\n` : text;
}

export function providerOf({ text }: StackFile): { secretsprovider?: string; encryptionsalt?: string } {
  const { secretsprovider, encryptionsalt } = (parse(text) ?? {}) as Record<string, unknown>;
  return {
    ...(typeof secretsprovider === "string" ? { secretsprovider } : {}),
    ...(typeof encryptionsalt === "string" ? { encryptionsalt } : {}),
  };
}

function passphraseOf(env: Env): string | undefined {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return env.PULUMI_CONFIG_PASSPHRASE;
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (!file) return undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new UserError(`PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which cannot be read.`);
  }
}

/** Ciphertexts of a stack's file, by key: to see that one is set, and since when. */
export function ciphertexts({ text }: StackFile, project: string): Readonly<Record<string, string>> {
  const { config = {} } = (parseDocument(text).toJS() ?? {}) as { config?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) => {
      const { secure } = (value ?? {}) as { secure?: unknown };
      return typeof secure === "string" ? [[name.replace(`${project}:`, ""), secure]] : [];
    }),
  );
}
