import type { Context } from "../context.ts";
import type { Actor, Ledger } from "../ledger/event.ts";
import { UserError } from "../user-error.ts";

/**
 * Who gives a command. Git's own name for the author, unless `--as "Name <address>"` says another: a ledger that a team shares would then
 * say what is not true, so that is for the local world only, where one person plays all parts.
 */
export async function whoActs({ io, options }: Context, ledger: Ledger, as: string | undefined): Promise<Actor> {
  if (as === undefined) return ledger.actor?.() ?? { name: "somebody" };
  if (!options.local) throw new UserError("--as is for the local world (--local): the team's ledger says who really did something.", 2);
  const [, name, email] = /^([^<>]+?)\s*<([^<>@\s]+@[^<>@\s]+)>$/.exec(as.trim()) ?? [];
  if (name === undefined || email === undefined)
    throw new UserError('--as must name a person with an address, such as "Ann Doe <ann@example.com>".', 2);
  io.err(io.colors.yellow(`Acting as ${name} <${email}>: only the local world takes your word for it.`));
  return { name, email };
}
