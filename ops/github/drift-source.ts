import type { Context } from "../context.ts";
import type { DriftSource } from "../drift/finding.ts";
import { exportedBy } from "../report/exported.ts";
import type { ProjectSummary } from "../selector.ts";
import { openApi } from "./api.ts";
import { appliedRules } from "./read-back/applied.ts";
import { type AboutGithub, GithubDrift, RepositoryReading } from "./read-back/source.ts";
import { type Known, knownOf } from "./read-back/strangers.ts";
import { type GithubSettings, githubSettings, speaksOfGithub } from "./settings.ts";

/** GitHub as a source of drift, for every stack of a project that has something there: it is read once for all of them. */
export async function githubDrift(context: Context, project: ProjectSummary): Promise<(stack: string) => Promise<DriftSource | undefined>> {
  const stacks = project.stacks.filter((stack) => speaksOfGithub(project, stack));
  const settings = stacks.length === 0 ? undefined : githubSettings(project);
  if (settings === undefined) return async () => undefined;
  const connection = await context.selector.github(project);
  if (connection === undefined) return async (stack) => (stacks.includes(stack) ? unasked(context) : undefined);
  const reading = new RepositoryReading(openApi(connection, settings.repository));
  const applied = async (stack: string) => {
    const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
    // No value of a secret is needed: GitHub returns none.
    return appliedRules(await exportedBy(engine));
  };
  return async (stack) => {
    if (!stacks.includes(stack)) return undefined;
    const own = await applied(stack);
    const platform = settings.platforms[stack];
    const whole: AboutGithub["whole"] =
      platform === undefined ? undefined : { platform, known: told(knownOf(await Promise.all(stacks.map(applied))), project, settings) };
    return new GithubDrift({ reading, applied: own, settings: settings.repository, ...(whole === undefined ? {} : { whole }) });
  };
}

/** GitHub makes an environment for the first deployment that it is told of there: it is no stranger's. */
const told = (known: Known, { stacks }: ProjectSummary, { repository }: GithubSettings): Known =>
  repository.publish.deployments
    ? { ...known, environments: new Set([...known.environments, ...stacks.map((stack) => stack.toLowerCase())]) }
    : known;

/** Silence must not look like order. */
function unasked({ options, command }: Context): DriftSource {
  const why = options.local
    ? `the local GitHub does not run: it starts with \`${command} up\` of a stack that has something there`
    : "there is no token: set GITHUB_TOKEN (docs/how-to/connect-github.md)";
  return { name: "github", findings: async () => [], unread: [{ what: "rules on GitHub", why, declared: true }] };
}
