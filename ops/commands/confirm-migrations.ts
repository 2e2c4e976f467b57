import { releaseId } from "../../components/release.ts";
import { type Context, EXIT } from "../context.ts";
import { gateInput } from "../gates/evidence.ts";
import { openDesk, record, releaseAbout } from "../gates/record.ts";
import { requireEnvironment } from "../project-dir.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly yes?: boolean;
  readonly release?: string;
  readonly as?: string;
}

/** Shows what a release does to a database, and records that somebody has seen it. */
export async function confirmMigrations(context: Context, [name]: string[], options: Options): Promise<number> {
  const { io } = context;
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  const release = releaseAbout(desk, stack, options.release);
  const { release: about } = await gateInput(desk, { stack, release });
  const pending = about.pendingMigrations;
  if (pending.length === 0) {
    context.say(`${release.version} has no migration that did not run in ${stack} already: there is nothing to confirm.`);
    return EXIT.done;
  }
  const kinds = new Map(release.migrations?.map(({ name: migration, kind }) => [migration, kind]));
  io.err(`${release.version} (${about.id}) migrates the database of ${stack}:`);
  for (const migration of pending) io.err(`  ${migration}  ${kinds.get(migration) ?? "not said what it does to older releases"}`);
  if (!options.yes) {
    if (!io.interactive) throw new UserError("Nobody can be asked here: add --yes to confirm them.", 2);
    if ((await io.ask("Confirm them? Type yes: ")) !== "yes") throw new UserError("Not confirmed: nothing was recorded.", 1);
  }
  await record(context, desk, `${desk.actor.name} confirmed the migrations of ${release.version} for ${stack}.`, {
    kind: "migrations-confirmed",
    stack,
    releaseId: releaseId(release),
    migrations: [...pending],
  });
  return EXIT.done;
}
