import type { Context } from "../context.ts";
import { openBackups } from "../restore/open.ts";
import { restoreBackup } from "../restore/restore-backup.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly backup?: string;
  /** A moment: a new database server with its data. */
  readonly to?: string;
  readonly name?: string;
  readonly back?: boolean;
  readonly finish?: boolean;
  readonly drill?: boolean;
  readonly yes?: boolean;
}

/** Puts an environment's data back: a backup, or the data of a moment by a new server. Interrupted at any point, the same command finishes it. */
export async function restore(context: Context, [name]: string[], options: Options): Promise<number> {
  requireOneWay(options);
  const opened = await openBackups(context, name);
  const { to } = options;
  if (to !== undefined) return (await import("../restore/server/to.ts")).restoreTo(context, opened, { ...options, to });
  if (options.back) return (await import("../restore/server/back.ts")).restoreBack(context, opened, options);
  if (options.finish) return (await import("../restore/server/finish.ts")).finishRestore(context, opened, options);
  return restoreBackup(context, opened, options);
}

/** Refuses options that contradict each other, before anything is looked at. */
function requireOneWay({ backup, to, back, finish, drill, name }: Options): void {
  const ways = [backup !== undefined && "--backup", to !== undefined && "--to", back && "--back", finish && "--finish"].filter(Boolean);
  if (ways.length > 1) throw new UserError(`${ways.join(" and ")} are different ways to restore: say one.`, 2);
  if (drill && (back || finish)) throw new UserError(`${ways[0]} is never on trial: leave out --drill.`, 2);
  if (name !== undefined && to === undefined) throw new UserError("--name names the server that --to TIME makes: say --to as well.", 2);
}
