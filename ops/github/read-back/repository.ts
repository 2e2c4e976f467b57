import { codeOwnersText } from "../../../components/github/code-owners-text.ts";
import type { RepositorySettings } from "../../../components/github/repository.schema.ts";
import type { PlatformGithub } from "../../../components/platform/github.schema.ts";
import type { Finding, Subject } from "../../drift/finding.ts";
import { parseCodeOwners } from "../../gates/code-owners.ts";
import type { Api } from "../api.ts";
import type { AppliedRules } from "./applied.ts";
import type { Authors } from "./authors.ts";
import { differences, SOURCE } from "./differences.ts";
import type { Live } from "./live.ts";

const MERGE = {
  allowSquashMerge: "allow_squash_merge",
  allowRebaseMerge: "allow_rebase_merge",
  allowMergeCommit: "allow_merge_commit",
  allowAutoMerge: "allow_auto_merge",
  allowUpdateBranch: "allow_update_branch",
  deleteBranchOnMerge: "delete_branch_on_merge",
  hasIssues: "has_issues",
} as const;

/** What belongs to the repository as a whole: its settings, its owners of code, and who may do what. */
export async function repositoryFindings(
  api: Api,
  settings: RepositorySettings,
  platform: PlatformGithub,
  applied: AppliedRules,
  live: Live,
  authors: Authors,
): Promise<Finding[]> {
  const subject: Subject = { kind: "Repository", name: settings.name };
  const { repository } = live;
  const [owned] = applied.repositories;
  const merge = owned === undefined ? {} : MERGE;
  const before = {
    visibility: settings.visibility,
    default_branch: settings.defaultBranch,
    archived: false,
    ...Object.fromEntries(
      Object.entries(merge).flatMap(([key, name]) => (owned?.inputs[key] === undefined ? [] : [[name, owned.inputs[key]]])),
    ),
  };
  const after = Object.fromEntries(Object.keys(before).map((key) => [key, repository?.[key]]));
  return [
    ...(repository === undefined
      ? []
      : differences(subject, before, after, authors.of(/^repo\.(update|access|change_merge_setting|archived)/, {}))),
    ...(await codeOwnersFindings(api, settings, live)),
    ...accessFindings(platform, live, authors),
  ];
}

/** By meaning: comments and spaces make no other owner. */
async function codeOwnersFindings(api: Api, settings: RepositorySettings, { codeOwners }: Live): Promise<Finding[]> {
  if (codeOwners === undefined || settings.codeOwners.length === 0) return [];
  const subject: Subject = { kind: "CODEOWNERS", name: settings.name };
  if (codeOwners === "none")
    return [
      { source: SOURCE, change: "deleted", subject, note: "is not on the default branch: nobody's approval is asked for as an owner's" },
    ];
  const rules = (text: string) => parseCodeOwners(text).map(({ pattern, owners }) => `${pattern} ${owners.join(" ")}`.trimEnd());
  const found = differences(subject, { rules: rules(codeOwnersText(settings)) }, { rules: rules(codeOwners.text) }, undefined);
  const order = rules(codeOwnersText(settings)).join("\n") !== rules(codeOwners.text).join("\n");
  if (!order) return [];
  const { octokit, owner, repo } = api;
  const commits = await octokit.rest.repos.listCommits({ owner, repo, path: codeOwners.path, per_page: 1 }).catch(() => undefined);
  const commit = commits?.data[0];
  const time = commit?.commit.author?.date;
  const by =
    commit === undefined
      ? {}
      : {
          by: {
            manager: commit.author?.login ?? commit.commit.author?.name ?? "somebody",
            operation: "commit",
            ...(time === undefined ? {} : { time }),
          },
        };
  if (found.length > 0) return found.map((finding) => ({ ...finding, ...by }));
  return [
    {
      source: SOURCE,
      change: "changed",
      subject,
      path: "rules",
      note: "are in another order, and the last one that matches counts",
      ...by,
    },
  ];
}

const LEVELS = ["pull", "triage", "push", "maintain", "admin"];

/** Who may do more than is declared, or anything without being declared. Less is nobody's danger, but still not what was agreed. */
function accessFindings({ access }: PlatformGithub, live: Live, authors: Authors): Finding[] {
  if (access === undefined || live.access === undefined) return [];
  const declared: Record<string, string> = { ...access.teams, ...access.users };
  const lower = (record: Readonly<Record<string, string>>) =>
    new Map(Object.entries(record).map(([name, level]) => [name.toLowerCase(), { name, level }]));
  const [before, after] = [lower(declared), lower(live.access)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): Finding[] => {
    const [want, has] = [before.get(key), after.get(key)];
    if (want?.level === has?.level) return [];
    const name = (want ?? has)!.name;
    const slug = name.split("/")[1];
    const by =
      slug === undefined
        ? authors.of(/^repo\.(add_member|update_member|remove_member)/, { user: key })
        : authors.of(/^team\.(add_repository|update_repository_permission|remove_repository)/, { team: slug });
    const base = { source: SOURCE, subject: { kind: "Access", name }, path: "level", ...(by === undefined ? {} : { by }) };
    if (want === undefined) return [{ ...base, change: "added", after: has!.level }];
    if (has === undefined) return [{ ...base, change: "removed", before: want.level }];
    const raised = LEVELS.indexOf(has.level) > LEVELS.indexOf(want.level);
    return [
      { ...base, change: "changed", before: want.level, after: has.level, ...(raised ? { note: "may do more than was agreed" } : {}) },
    ];
  });
}
