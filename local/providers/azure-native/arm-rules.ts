import { ProviderError } from "../../engine/provider.ts";
import { armType, classOf } from "./schema/classes.ts";
import type { Store, Stored } from "./store.ts";

/** What Azure Resource Manager refuses, in its own words: `<code>: <message>`; then what to do about it. */
const refuse = (code: string, message: string, advice = ""): never => {
  throw new ProviderError(`${code}: ${message}${advice === "" ? "" : ` ${advice}`}`);
};

const GROUP = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i;
const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const DELETED = /\/deletedVaults\//i;
const nameOf = (id: string): string => id.split("/").at(-1)!;

/** Id of what an object is in or on: the resource around it, the resource that it extends, or its group. Undefined for what is a subscription's. */
export function parentOf(id: string): string | undefined {
  const parts = id.split("/");
  const provider = parts.lastIndexOf("providers");
  if (provider === -1) return undefined;
  // providers/NAMESPACE/TYPE/NAME, and TYPE/NAME again for everything nested.
  const isNested = parts.length - provider > 4;
  const parent = parts.slice(0, isNested ? -2 : provider).join("/");
  return /^\/subscriptions\/[^/]+$/i.test(parent) || !parent.startsWith("/subscriptions/") ? undefined : parent;
}

/** An object needs what it is in. @throws ProviderError as ARM answers with 404 */
export function needParents(store: Store, id: string): void {
  const [group, groupName] = GROUP.exec(id) ?? [];
  const advice = (missing: string) =>
    `Bring up first what it is in. If that is nobody's stack, make it by hand: ${store.file(missing)} with { "id": "${missing}", "type": "", "properties": {} }.`;
  if (group !== undefined && !sameId(group, id) && store.read(group) === undefined)
    refuse("ResourceGroupNotFound", `Resource group '${groupName}' could not be found.`, advice(group));
  const parent = parentOf(id);
  if (parent === undefined || store.read(parent) !== undefined) return;
  const isNested = !id.slice(parent.length).startsWith("/providers/");
  if (isNested)
    refuse(
      "ParentResourceNotFound",
      `Can not perform requested operation on nested resource. Parent resource '${nameOf(parent)}' not found.`,
      advice(parent),
    );
  refuse("ResourceNotFound", missingIn(parent).replace("ResourceNotFound: ", ""), advice(parent));
}

/** What ARM says of an id under which there is nothing. */
export const missingIn = (id: string): string =>
  `ResourceNotFound: The Resource '${armType(id)}/${nameOf(id)}' under resource group '${GROUP.exec(id)?.[1]}' was not found.`;

/** Names that are one in all of Azure. @throws ProviderError as ARM answers with 409 */
export function needFreeName(store: Store, type: string, id: string): void {
  const own = classOf(type)!;
  const name = nameOf(id);
  if (own.taken === undefined) return;
  const [code, message] = own.taken(name);
  const other = store
    .below(undefined, (candidate) => sameId(nameOf(candidate), name) && !sameId(candidate, id))
    .find((stored) => sameId(armType(stored.id), armType(id)) && !DELETED.test(stored.id));
  if (other !== undefined) refuse(code, message, `It is ${other.id}.`);
}

interface Lock {
  readonly scope: string;
  readonly name: string;
  readonly level: unknown;
}
const LOCK = /^(.*)\/providers\/Microsoft\.Authorization\/locks\/([^/]+)$/i;

/** Locks on an object, on everything that it is in, and for its deletion on everything that goes with it. */
function locksOn(store: Store, id: string, levels: readonly string[], deep: boolean): Lock[] {
  if (LOCK.test(id)) return [];
  const [group = id] = GROUP.exec(id) ?? [];
  return store
    .below(group, (candidate) => LOCK.test(candidate))
    .flatMap((stored): Lock[] => {
      const [, scope = "", name = ""] = LOCK.exec(stored.id) ?? [];
      const { level } = stored.properties;
      const counts = scope !== "" && levels.includes(String(level));
      const holds = isIn(id, scope) || (deep && isIn(scope, id));
      return counts && holds ? [{ scope, name, level }] : [];
    });
}

const isIn = (id: string, scope: string): boolean => `${id}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase());

/** @throws ProviderError as ARM answers with 409 */
export function needUnlocked(store: Store, id: string, operation: "delete" | "write"): void {
  const levels = operation === "delete" ? ["CanNotDelete", "ReadOnly"] : ["ReadOnly"];
  const locks = locksOn(store, id, levels, operation === "delete");
  if (locks.length === 0) return;
  const scopes = [...new Set(locks.map(({ scope }) => scope))].join("', '");
  refuse(
    "ScopeLocked",
    `The scope '${id}' cannot perform ${operation} operation because following scope(s) are locked: '${scopes}'. Please remove the lock and try again.`,
    `(${[...new Set(locks.map(({ name }) => name))].join(", ")})`,
  );
}

/** What must go before this can: everything else goes with what it is in. @throws ProviderError as ARM answers with 409 or 400 */
export function needUnused(store: Store, type: string, id: string): void {
  const nested = type.endsWith(":PrivateZone") ? store.below(id) : [];
  if (nested.length > 0)
    refuse(
      "CannotDeleteResource",
      `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${nested.map((one) => one.id.replace(/^.*\/providers\//i, "")).join("', '")}'. Please delete all nested resources before deleting this resource.`,
    );
  const subnets = type.endsWith(":Subnet") ? [id] : type.endsWith(":VirtualNetwork") ? store.below(id).map((one) => one.id) : [];
  if (subnets.length === 0) return;
  const others = store.below().filter((stored) => !isIn(stored.id, id));
  for (const subnet of subnets) {
    const user = others.find(({ properties }) => mentions(properties, subnet));
    if (user !== undefined)
      refuse(
        "InUseSubnetCannotBeDeleted",
        `Subnet ${nameOf(subnet)} is in use by ${user.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
      );
  }
}

const mentions = (value: unknown, id: string): boolean =>
  typeof value === "string"
    ? sameId(value, id)
    : typeof value === "object" && value !== null && Object.values(value).some((v) => mentions(v, id));

/** A deleted vault keeps its name until it is purged: where ARM lists it. */
export const deletedVault = ({ id, properties }: Stored): string =>
  `/subscriptions/${id.split("/")[2]}/providers/Microsoft.KeyVault/locations/${String(properties.location ?? "global")}/deletedVaults/${nameOf(id)}`;

/** @throws ProviderError as ARM answers with 409 */
export function needNotDeleted(store: Store, type: string, id: string): void {
  if (!type.endsWith("keyvault:Vault")) return;
  const [deleted] = store.below(undefined, (candidate) => DELETED.test(candidate) && sameId(nameOf(candidate), nameOf(id)));
  if (deleted === undefined) return;
  refuse(
    "ConflictError",
    "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
    `It is ${deleted.id}; in the local world, delete ${store.file(deleted.id)}.`,
  );
}
