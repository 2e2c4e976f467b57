import type { RepositorySettings } from "./repository.schema.ts";

export const CODE_OWNERS_FILE = ".github/CODEOWNERS";

/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
export function codeOwnersText({ codeOwners }: Pick<RepositorySettings, "codeOwners">): string {
  const width = Math.max(0, ...codeOwners.map(({ path }) => path.length));
  const lines = codeOwners.map(({ path, owners }) => [path.padEnd(width), ...owners].join(" ").trimEnd());
  return [
    "# From application.repository.codeOwners in Pulumi.yaml (liftlock workflows). The last pattern that matches counts.",
    ...lines,
    "",
  ].join("\n");
}
