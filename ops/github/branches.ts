import { z } from "zod";
import { EnvironmentGithub } from "../../components/github/environment.schema.ts";
import { PlatformSettings } from "../../components/platform/platform.schema.ts";
import { readStackFile, readValue } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import type { ProjectSummary } from "../selector.ts";
import { called, UserError } from "../user-error.ts";

export interface DeclaredBranches {
  /** `owner/name`. */
  readonly repository: string | undefined;
  readonly branches: readonly { readonly pattern: string; readonly mergesFrom: readonly string[] }[];
}

/** Branches that take merges from some branches only, as all stack files of a project declare them. */
export function declaredBranches(project: ProjectSummary): DeclaredBranches {
  const { repository } = readApplication(project);
  const branches = project.stacks.flatMap((stack) => ofStack(project, stack));
  return {
    repository: repository && `${repository.owner}/${repository.name}`,
    branches: branches.flatMap(({ pattern, mergesFrom }) => (mergesFrom === undefined ? [] : [{ pattern, mergesFrom }])),
  };
}

const GithubOf = z.looseObject({ github: EnvironmentGithub.optional() });

function ofStack({ dir, name }: ProjectSummary, stack: string): { pattern: string; mergesFrom: readonly string[] | undefined }[] {
  const file = readStackFile(dir, stack);
  // A check that cannot read its rules must fail: guessing would let a merge through.
  const checked = <T>(schema: z.ZodType<T>, key: string): T => {
    const parsed = schema.safeParse(readValue(file, name, key) ?? {});
    if (parsed.success) return parsed.data;
    throw new UserError(`${file.file}: ${key} is not valid: \`${called()} preview ${stack}\` says what is wrong.`);
  };
  const branch = checked(GithubOf, "environment").github?.branch;
  const shared = Object.entries(checked(PlatformSettings, "platform").github?.branches ?? {});
  return [
    ...(branch === undefined ? [] : [{ pattern: branch.name, mergesFrom: branch.mergesFrom }]),
    ...shared.map(([pattern, { mergesFrom }]) => ({ pattern, mergesFrom })),
  ];
}
