import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { PromotionSettings } from "../../components/gates.schema.ts";
import type { Actor } from "../ledger/event.ts";
import { CODEOWNERS_FILES, ownersOf, parseCodeOwners } from "./code-owners.ts";
import { People } from "./people.ts";

export interface Ownership {
  /** Paths that differ between what runs and what is to run; `all` when nothing runs yet, undefined when this clone cannot say. */
  readonly changedPaths: readonly string[] | "all" | undefined;
  /** The commit that runs: its owners decide, as the base branch's do on GitHub. Nobody makes themselves one by the release that they approve. */
  readonly base: string;
}

/** Does the person own one of the paths that the release changes, by CODEOWNERS of the commit that runs? */
export async function ownsChange(
  dir: string,
  { changedPaths = [], base }: Ownership,
  actor: Actor,
  promotion: PromotionSettings,
): Promise<boolean> {
  if (changedPaths.length === 0) return false;
  const text = await codeOwnersAt(dir, base);
  if (text === undefined) return false;
  const rules = parseCodeOwners(text);
  const isOne = isOwner(actor, promotion);
  if (changedPaths === "all") return rules.some(({ owners }) => owners.some(isOne));
  const owners = ownersOf(rules);
  return changedPaths.some((path) => owners(path).some(isOne));
}

/**
 * Is an owner, as CODEOWNERS names one, this person? A team stands for the people of the roles that name it: who else is in it only GitHub knows,
 * whose reviews say so themselves. An automation owns nothing, and lends nobody its ownership.
 */
export function isOwner(actor: Actor, promotion: PromotionSettings): (owner: string) => boolean {
  if (actor.bot === true) return () => false;
  const people = new People(promotion);
  const person = people.who(actor);
  const roles = Object.values(promotion.roles);
  return (owner) => {
    if (!owner.includes("/")) return people.named(owner) === person || owner === `@${actor.login?.toLowerCase()}`;
    const team = owner.slice(1);
    return roles.some(
      ({ teams, people: members }) =>
        teams.some((name) => name.toLowerCase() === team) && members.some((member) => people.named(member) === person),
    );
  };
}

async function codeOwnersAt(dir: string, commit: string): Promise<string | undefined> {
  const git = (...args: string[]) => promisify(execFile)("git", ["-C", dir, ...args], { maxBuffer: 16 * 1024 * 1024 });
  for (const file of CODEOWNERS_FILES) {
    const found = await git("show", `${commit}:${file}`).catch(() => undefined);
    if (found !== undefined) return found.stdout;
  }
  return undefined;
}
