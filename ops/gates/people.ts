import type { PromotionSettings } from "../../components/gates.schema.ts";
import type { Actor } from "../ledger/event.ts";

/** One name for each person, whichever identity they acted under. */
export class People {
  readonly #names = new Map<string, string>();
  readonly #roles: PromotionSettings["roles"];

  constructor({ people, roles }: Pick<PromotionSettings, "people" | "roles">) {
    this.#roles = roles;
    for (const [name, identities] of Object.entries(people)) {
      for (const identity of [name, ...identities]) this.#names.set(identity.toLowerCase(), name);
    }
  }

  /** The person behind an identity as settings, git or GitHub write it. */
  named(identity: string): string {
    return this.#names.get(identity.toLowerCase()) ?? identity.toLowerCase();
  }

  /** The person who acted. An automation acts for whoever asked it. */
  who(actor: Actor): string {
    if (actor.bot === true && actor.requestedBy !== undefined) return this.#byAny(actor.requestedBy, `@${actor.requestedBy}`);
    const identities = [actor.email, actor.login === undefined ? undefined : `@${actor.login}`].filter((id) => id !== undefined);
    return this.#byAny(...identities, ...(identities.length === 0 ? [actor.name] : []));
  }

  /** Everybody who stands behind an action: who acted, and who asked for it. */
  behind(actor: Actor): string[] {
    const asked = actor.requestedBy === undefined ? [] : [this.#byAny(actor.requestedBy, `@${actor.requestedBy}`)];
    return [...new Set([this.who(actor), this.named(actor.name), ...asked])];
  }

  /** Is the person in one of these roles? `teams`: those that are known to hold them. */
  inRole(person: string, role: string, teams: readonly string[]): boolean {
    const declared = Object.hasOwn(this.#roles, role) ? this.#roles[role] : undefined;
    if (declared === undefined) return false;
    return declared.people.some((name) => this.named(name) === person) || declared.teams.some((team) => teams.includes(team));
  }

  #byAny(...identities: string[]): string {
    const known = identities.find((identity) => this.#names.has(identity.toLowerCase()));
    return this.named(known ?? identities[0] ?? "");
  }
}
