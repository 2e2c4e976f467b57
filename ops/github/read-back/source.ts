import type { RepositorySettings } from "../../../components/github/repository.schema.ts";
import type { PlatformGithub } from "../../../components/platform/github.schema.ts";
import type { DriftSource, Finding, Subject, Unread } from "../../drift/finding.ts";
import type { Api } from "../api.ts";
import { actionsFindings, asksForActions } from "./actions.ts";
import type { AppliedRule, AppliedRules } from "./applied.ts";
import { Authors } from "./authors.ts";
import { differences, SOURCE } from "./differences.ts";
import { environmentFindings } from "./environment.ts";
import { type Live, readLive } from "./live.ts";
import { appliedProtection, liveProtection } from "./protection.ts";
import { type LiveActions, readActions } from "./read-actions.ts";
import { isOfRepository, type LiveRuleset } from "./read-rulesets.ts";
import { repositoryFindings } from "./repository.ts";
import { appliedRuleset, liveRuleset } from "./ruleset.ts";
import { type Known, strangers } from "./strangers.ts";

/** One reading of a repository, for all stacks that ask about it. */
export class RepositoryReading {
  readonly api: Api;
  #live: Promise<{ live: Live; authors: Authors }> | undefined;
  #actions: Promise<LiveActions> | undefined;
  constructor(api: Api) {
    this.api = api;
  }
  read(): Promise<{ live: Live; authors: Authors }> {
    this.#live ??= Promise.all([readLive(this.api), Authors.read(this.api)]).then(([live, authors]) => ({ live, authors }));
    return this.#live;
  }
  actions(): Promise<LiveActions> {
    this.#actions ??= readActions(this.api);
    return this.#actions;
  }
}

export interface AboutGithub {
  readonly reading: RepositoryReading;
  readonly applied: AppliedRules;
  readonly settings: RepositorySettings;
  /** Of the stack that keeps what the repository has as a whole, with what all stacks know: only it looks for strangers. */
  readonly whole?: { readonly platform: PlatformGithub; readonly known: Known };
}

/** What GitHub has that a stack did not apply: rules changed, loosened, added and gone. */
export class GithubDrift implements DriftSource {
  readonly name = SOURCE;
  unread: readonly Unread[] = [];
  readonly #about: AboutGithub;

  constructor(about: AboutGithub) {
    this.#about = about;
  }

  async findings(): Promise<Finding[]> {
    const { reading, applied, settings, whole } = this.#about;
    if (whole === undefined && Object.values(applied).every((rules) => rules.length === 0)) return [];
    const { live, authors } = await reading.read();
    const actions = asksForActions(applied, whole?.platform) ? await reading.actions() : undefined;
    this.unread = [...live.unread, ...unseen(applied, live), ...(actions?.unread ?? [])];
    return [
      ...(live.protections === undefined ? [] : applied.protections.flatMap((rule) => protectionFindings(rule, live, authors))),
      ...(live.rulesets === undefined ? [] : applied.rulesets.flatMap((rule) => rulesetFindings(rule, live, authors))),
      ...(live.environments === undefined
        ? []
        : applied.environments.flatMap((rule) =>
            environmentFindings(
              rule,
              applied,
              live.environments?.find(({ name }) => sameName(name, rule.inputs.environment)),
              authors,
            ),
          )),
      ...(actions === undefined ? [] : actionsFindings(applied, actions, authors, whole)),
      ...(whole === undefined
        ? []
        : [
            ...(await repositoryFindings(reading.api, settings, whole.platform, applied, live, authors)),
            ...strangers(live, whole.known, authors),
          ]),
    ];
  }
}

/** Who may pass a ruleset by is shown to who may change it. */
const unseen = (applied: AppliedRules, { rulesets = [] }: Live): Unread[] =>
  applied.rulesets
    .filter((rule) => {
      const found = oursAmong(rulesets, rule);
      return found !== undefined && found.bypass_actors === undefined;
    })
    .map(({ inputs }) => ({
      what: `who may pass the ruleset "${inputs.name}" by`,
      why: "GitHub tells only who may change it: the token needs Administration",
      declared: true,
    }));

/** By its id; by its name where somebody made it anew. The organisation may have one of the same name: that is not the repository's. */
const oursAmong = (rulesets: readonly LiveRuleset[], { id, inputs }: AppliedRule): LiveRuleset | undefined => {
  const own = rulesets.filter(isOfRepository);
  return own.find((one) => String(one.id) === id) ?? own.find(({ name }) => name === inputs.name);
};

const sameName = (a: string, b: unknown): boolean => a.toLowerCase() === String(b).toLowerCase();

function protectionFindings(rule: AppliedRule, { protections = [] }: Live, authors: Authors): Finding[] {
  const pattern = String(rule.inputs.pattern);
  const subject: Subject = { kind: "BranchProtection", name: pattern, urn: rule.urn };
  const by = authors.of(/^protected_branch\./, { name: pattern });
  const found = protections.find((one) => one.pattern === pattern);
  if (found === undefined) return [{ source: SOURCE, change: "deleted", subject, ...(by === undefined ? {} : { by }) }];
  return differences(subject, appliedProtection(rule), liveProtection(found), by);
}

function rulesetFindings(rule: AppliedRule, { rulesets = [] }: Live, authors: Authors): Finding[] {
  const name = String(rule.inputs.name);
  const subject: Subject = { kind: "Ruleset", name, urn: rule.urn };
  const found = oursAmong(rulesets, rule);
  const by = authors.of(/^repository_ruleset\./, { ruleset_name: name }, found?.updated_at);
  if (found === undefined) return [{ source: SOURCE, change: "deleted", subject, ...(by === undefined ? {} : { by }) }];
  return differences(subject, appliedRuleset(rule), liveRuleset(found), by);
}
