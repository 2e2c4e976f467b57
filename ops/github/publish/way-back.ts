import path from "node:path";
import { releaseId } from "../../../components/release.ts";
import type { Context } from "../../context.ts";
import type { LedgerEvent } from "../../ledger/event.ts";
import { readRelease, withValue } from "../../promotion/configuration.ts";
import { activeHolds } from "../../promotion/holds.ts";
import { readValue, type StackFile } from "../../promotion/stack-file.ts";
import { survey } from "../../promotion/survey.ts";
import { printable } from "../../report/text.ts";
import { wayBack } from "../../rollback/go-back.ts";
import type { ProjectSummary } from "../../selector.ts";
import { type Api, unlessGone } from "../api.ts";
import { fileInRepository } from "../project.ts";
import { cell } from "../promotion-text.ts";
import { propose } from "../propose.ts";
import { type Opened, textAt } from "../pull-request.ts";
import { baseOf, type GithubSettings } from "../settings.ts";

export type WayBackOf = { readonly opened: Opened; readonly file: string; readonly to: string } | { readonly none: string };

/**
 * The pull request that takes a stack's file on its branch back to what runs since a rollback. There is none where the branch says
 * something else by now, where somebody let the release in again, or where another release runs.
 */
export async function proposeWayBack(
  context: Context,
  project: ProjectSummary,
  { api, settings, event, events }: { api: Api; settings: GithubSettings; event: LedgerEvent; events: readonly LedgerEvent[] },
): Promise<WayBackOf> {
  const { what } = event;
  if (what.kind !== "rollback") return { none: "it is no rollback" };
  const { stack, from, to } = what;
  if (!activeHolds(events, stack).some(({ releaseId: id }) => id === from.id)) return { none: `${from.id} is let in again` };
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const { configuration, deployments } = await survey(engine, project.name);
  const [live] = deployments;
  if (live === undefined || live.id !== to.id) return { none: `${stack} runs ${live?.id ?? "nothing"} by now` };

  const base = baseOf(settings, stack);
  const file = (await fileInRepository(project))(stack);
  const { octokit, owner, repo } = api;
  const branch = await unlessGone(octokit.rest.git.getRef({ owner, repo, ref: `heads/${base}` }));
  const text = branch && (await textAt(api, file, branch.data.object.sha));
  if (text === undefined) return { none: `${file} is not on ${base} of ${owner}/${repo}` };
  const named = readRelease(readValue({ file, text }, project.name, "release"));
  if (named === undefined || releaseId(named) !== from.id)
    return { none: `${base} names ${named === undefined ? "no release" : releaseId(named)}` };

  /** Beside the release: what the application reads, as it was then; the rest as the branch has it. */
  const also = (onBranch: StackFile) => {
    const own = (key: string) => readValue(onBranch, project.name, key);
    const now = ["environment", "rollout"].reduce((all, key) => withValue(all, project.name, key, own(key)), configuration);
    const { environment, rollout } = wayBack(project.name, now, live, false);
    return { environment, ...(own("rollout") === undefined ? {} : { rollout }) };
  };
  const cause = cell(printable(what.cause));
  const body = [
    `\`${path.basename(file)}\` on \`${base}\` still names \`${from.id}\`, which was taken out of **${stack}** at ${event.at.slice(0, 16).replace("T", " ")}Z${what.automatic ? ", by itself" : ` by ${cell(event.actor.name)}`}: ${cause}.`,
    "",
    `**${stack}** runs \`${to.id}\` again. This takes the file back to that; merging it deploys nothing new.`,
    "",
    `Until it is merged, every run refuses \`${from.id}\`: it is held back. If it is to go there after all, close this, and run \`${context.command} release-hold ${stack} ${from.id} --reason TEXT\`.`,
  ].join("\n");
  const title = `Take ${stack} back to ${to.version}`;
  const proposal = {
    way: "rollback",
    from: stack,
    to: stack,
    release: live.release,
    replaces: from.id,
    text: { title, body },
    also,
  } as const;
  const about = { file: `${file} on ${base}`, to: to.version };
  return { ...about, opened: await propose(context, project, { ...proposal, gates: [], wayBack: [], migrations: [], events }, api) };
}
