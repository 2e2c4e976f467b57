import { type Context, EXIT } from "../context.ts";
import { findRepository } from "../ledger/git.ts";
import { readRelease } from "../promotion/configuration.ts";
import { readStackFile, readValue, withValueInFile, writeStackFile } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import { createRelease } from "../release/create.ts";
import { openRegistry } from "../release/registry.ts";
import { listReleases, showRelease } from "../release/report.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { count, printable } from "../report/text.ts";
import { printTable } from "../terminal/table.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly image?: string[];
  readonly migration?: string[];
  readonly commit?: string;
  readonly schemaVersion?: string;
  readonly reason?: string;
}

export async function release(context: Context, [action, version]: string[], options: Options): Promise<number> {
  if (action === "list") return listReleases(context);
  if (action === "show") return showRelease(context, required(version, "show"));
  if (action === "create") return create(context, required(version, "create"), options);
  throw new UserError(`There is no "release ${action}": it is create, list or show.`, 2);
}

function required(version: string | undefined, action: string): string {
  if (version !== undefined) return version;
  throw new UserError(`Which version? Such as: release ${action} 1.6.0`, 2);
}

async function create(context: Context, version: string, { image = [], migration = [], ...options }: Options): Promise<number> {
  const { io, say, selector } = context;
  const project = await selector.project();
  const application = readApplication(project);
  const stack = application.promotion.path[0]!;
  const file = readStackFile(project.dir, stack);
  const ledger = await selector.ledger(project.dir);
  const { offline, reason } = await ledger.sync();
  if (offline && reason !== undefined) io.err(io.colors.dim(`The ledger was not exchanged first: ${printable(reason)}`));
  const { events, findings } = await ledger.read();
  for (const finding of findings) io.err(io.colors.yellow(`ledger: ${printable(finding)}`));
  const git = await findRepository(project.dir, io.env);
  const registry = openRegistry({ local: context.options.local ?? false, env: io.env });
  const current = readRelease(readValue(file, project.name, "release"));
  const wanted = { version, images: image, migrations: migration, ...options };
  const created = await createRelease(wanted, { git, registry, application, events, current });
  const { reference, entry } = created;
  for (const warning of created.warnings) io.err(io.colors.yellow(warning));
  if (context.options.local) io.err(io.colors.dim("local world: no registry is asked; digests of tags are made up, the same each time"));

  // The ledger first: a release in a file that no entry knows could not be told from one made by hand.
  if (entry !== undefined) await ledger.append(entry);
  await writeStackFile(file, withValueInFile(file, project.name, "release", created.release));
  if (context.options.json) {
    io.out(
      JSON.stringify({ release: reference, commits: entry?.commits ?? [], stack, file: file.file, recorded: entry !== undefined }, null, 2),
    );
    return EXIT.done;
  }
  const state = entry === undefined ? "was made before" : `made of ${reference.commit.slice(0, 12)}, ${count(created.commits, "commit")}`;
  say(`${io.colors.green(io.colors.bold(reference.id))}: ${state}`);
  printTable(
    say,
    ["service", "image"],
    Object.entries(reference.images).map(([name, ref]) => [name, printable(ref)]),
  );
  say(`${file.file} names it now. Commit that file, then: ${context.command} up ${stack}${repeatedFlags(context.options)}`);
  return EXIT.done;
}
