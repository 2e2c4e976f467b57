import { type Context, EXIT } from "../context.ts";
import { tell } from "../github/publish/tell.ts";
import { waitingInWords } from "../github/publish/words.ts";
import { githubSettings } from "../github/settings.ts";
import { requireEnvironment } from "../project-dir.ts";
import { UserError } from "../user-error.ts";

/** Tells GitHub what it does not know of the ledger's deployments, of gates, and of a way back that a branch has still to take. */
export async function publish(context: Context, [name]: string[]): Promise<number> {
  const { io, say, options } = context;
  const project = await context.selector.project();
  const stack = name === undefined ? undefined : requireEnvironment(project, name);
  const settings = githubSettings(project);
  if (settings === undefined)
    throw new UserError(`There is no GitHub to tell: declare application.repository in ${project.dir}/Pulumi.yaml.`, 2);
  if (!Object.values(settings.repository.publish).some(Boolean))
    throw new UserError(`application.repository.publish in ${project.dir}/Pulumi.yaml turns all of it off.`, 2);
  const { said, refused, waits, host, outbox } = await tell(context, { settings, recorded: [], heard: [], asked: { stack } });
  if (host === undefined) throw new UserError("GITHUB_TOKEN is not set: docs/how-to/connect-github.md says what it must be allowed.");
  const waiting = waits.length === 0 ? undefined : (waitingInWords(outbox) ?? "nothing");
  if (options.json) io.out(JSON.stringify({ told: said, refused, waits, ...(waiting === undefined ? {} : { waiting }) }, null, 2));
  for (const line of said) say(line);
  for (const line of refused) say(io.colors.yellow(`not taken: ${line}`));
  if (waits.length > 0) throw new UserError(`${waits.join("; ")}. What waits: ${waiting}.`);
  if (said.length + refused.length === 0) say(`${host} knows everything already.`);
  return EXIT.done;
}
