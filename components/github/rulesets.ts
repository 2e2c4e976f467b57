import { RepositoryRuleset } from "@pulumi/github/repositoryRuleset.js";
import * as pulumi from "@pulumi/pulumi";
import { bypassing } from "./actors.ts";
import type { Actors } from "./names.ts";

export interface KeptRefsArgs {
  readonly repository: string;
  readonly target: "tag" | "branch";
  /** Full name or pattern, such as refs/tags/v*. */
  readonly ref: string;
  /** What they are, for GitHub's own list of rulesets. */
  readonly title: string;
  /** Who may create one; nobody named: everybody who may push. */
  readonly creators: Actors;
  /** Can a ref move forward? A branch does, a tag never. */
  readonly moves: boolean;
  readonly protect: boolean;
}

/**
 * Refs that nobody deletes or rewrites, whoever may create them. Two rulesets: who may pass one by passes all of its rules, and whoever
 * creates a release must not be able to move it.
 */
export class KeptRefs extends pulumi.ComponentResource {
  readonly rulesets: pulumi.Output<string[]>;

  constructor(name: string, args: KeptRefsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:github:KeptRefs", name, {}, opts);
    const { repository, target, title, creators, moves } = args;
    const kept = { parent: this, protect: args.protect };
    const shared = {
      repository,
      target,
      enforcement: "active",
      conditions: { refName: { includes: [args.ref], excludes: [] } },
    };
    const rules = { deletion: true, nonFastForward: true, ...(moves ? {} : { update: true }) };
    const rulesets = [
      new RepositoryRuleset(name, { ...shared, name: `${title}: never ${moves ? "rewritten" : "moved"} or deleted`, rules }, kept),
    ];
    if (creators.teams.length + creators.users.length > 0)
      rulesets.push(
        new RepositoryRuleset(
          `${name}-creation`,
          { ...shared, name: `${title}: created by few`, rules: { creation: true }, ...bypassing(creators, "always", this) },
          kept,
        ),
      );
    this.rulesets = pulumi.all(rulesets.map((ruleset) => ruleset.name));
    this.registerOutputs({ rulesets: this.rulesets });
  }
}
