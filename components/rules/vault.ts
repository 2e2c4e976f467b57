import { type Settings, secretKeysOf } from "../model.ts";
import { isFromVault, vaultAccounts, vaultKeys, vaultName } from "../vault.ts";
import type { Add } from "./github.ts";

type Declared = Pick<Settings, "application" | "environment" | "stack">;

/** Azure takes no more credentials of one identity: learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MOST_CREDENTIALS = 20;

/** What comes from the vault can be found there, by those who may read it. */
export function checkVault(settings: Declared, add: Add): void {
  const { application, environment, stack } = settings;
  const vault = environment.azure?.vault;
  if (vault === undefined) return;
  const at = ["azure", "vault"];
  vault.sets.forEach((set, index) => {
    const path = [...at, "sets", index];
    if (!Object.hasOwn(application.secrets, set)) add(path, `"${set}" is no set of application.secrets`);
    else if (vault.sets.indexOf(set) !== index) add(path, `"${set}" stands here already`);
    else if (secretKeysOf(application, set, stack).length === 0) add(path, `"${set}" holds nothing in ${stack} that a service could read`);
  });
  const keys = vaultKeys(settings);
  for (const [index, key] of keys.entries()) {
    const other = keys.slice(0, index).find((before) => vaultName(before).toLowerCase() === vaultName(key).toLowerCase());
    if (other !== undefined) add([...at, "sets"], `hold ${other} and ${key}, which are one name in a vault: rename one`);
  }
  const accounts = vaultAccounts(settings).length;
  if (accounts > MOST_CREDENTIALS)
    add(
      [...at, "sets"],
      `are read by ${accounts} accounts, and Azure lets an identity have ${MOST_CREDENTIALS}: let fewer services read them`,
    );
  if (vault.revision !== undefined && vault.sets.length === 0) add([...at, "revision"], "starts nothing anew: no set comes from the vault");
  if (vault.values === "people") checkOwnUse(settings, keys, add);
}

/** What the program itself must know cannot be known to people alone. */
function checkOwnUse({ application, environment }: Omit<Declared, "stack">, keys: readonly string[], add: Add): void {
  const { azure, monitoring } = environment;
  const used: [PropertyKey[], string | undefined][] = [
    ...(monitoring?.receivers ?? []).map((receiver, index): [PropertyKey[], string | undefined] => [
      ["monitoring", "receivers", index, "secret"],
      receiver.kind === "email" ? undefined : receiver.secret,
    ]),
    [
      ["azure", "database", "password", "secret"],
      azure?.database && "name" in azure.database ? azure.database.password?.secret : undefined,
    ],
  ];
  for (const [path, key] of used)
    if (key !== undefined && keys.includes(key) && !ownSetHolds(key, { application, environment }))
      add(
        path,
        `"${key}" comes from the vault, and its value is needed here: move it to a set of the stack's own, or set azure.vault.values to stack`,
      );
}

const ownSetHolds = (key: string, { application, environment }: Omit<Declared, "stack">): boolean =>
  Object.entries(application.secrets).some(([set, { keys }]) => Object.hasOwn(keys, key) && !isFromVault(set, environment));
