import { declaredSecrets } from "../../components/secrets.ts";
import { vaultName } from "../../components/vault.ts";
import { readStackFile, readValue } from "../promotion/stack-file.ts";
import type { ProjectSummary } from "../selector.ts";

/** The environment's settings as its file has them, unchecked. */
export const environmentIn = (project: ProjectSummary, stack: string): unknown =>
  readValue(readStackFile(project.dir, stack), project.name, "environment");

/** The environment's vault, and those of its secrets that people keep there: no stack holds them. Undefined where there are none. */
export function keptInVault(
  project: ProjectSummary,
  application: unknown,
  stack: string,
): { name: string; keys: ReadonlySet<string> } | undefined {
  const environment = environmentIn(project, stack) as { azure?: { vault?: { name?: string } } } | null | undefined;
  const own = new Set(declaredSecrets(application, stack, environment).map(({ key }) => key));
  const keys = declaredSecrets(application, stack).flatMap(({ key }) => (own.has(key) ? [] : [key]));
  const name = environment?.azure?.vault?.name;
  return name === undefined || keys.length === 0 ? undefined : { name, keys: new Set(keys) };
}

/** How people write a value there: from a file, as a command line is read by others. */
export const writeThere = (vault: string, key: string): string =>
  `az keyvault secret set --vault-name ${vault} --name ${vaultName(key)} --encoding utf-8 --file FILE`;
