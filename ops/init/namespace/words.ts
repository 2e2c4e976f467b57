import type { Note } from "./objects.ts";
import type { Proposal } from "./propose.ts";

/** What was read, for people: what goes on, what stays beside, what settings cannot say. */
export function proposalLines(
  { namespace, takes, services, sets, database, notes, beside, isOpen }: Proposal,
  unread: readonly string[],
): string[] {
  const config = Object.values(sets.config).reduce((sum, { keys }) => sum + Object.keys(keys).length, 0);
  const lines = [
    `read      namespace ${namespace}: ${services.length} ${services.length === 1 ? "service" : "services"} (${services.map(({ name, kind }) => `${String(name)}: ${String(kind)}`).join(", ")})`,
    `          ${config} configuration values; secrets: ${[...sets.secretValues.keys()].sort().join(", ") || "none"}`,
    ...(database === undefined
      ? []
      : [
          `          database: PostgreSQL, its URL in ${database}; cidrs lets every address through: narrow it`,
          `          it gets a backup: put the digest of its tools into application.database.tools`,
        ]),
    `goes on   ${takes.join(", ")}`,
  ];
  if (isOpen) lines.push("network   it was open, and extend.ts keeps it open until the settings say who talks to whom");
  if (unread.length > 0) lines.push(`unread    you may not list: ${unread.join(", ")}; what there is of them stays as it is`);
  lines.push("", "Not carried over, because the settings cannot say it (look at each before the first up):", ...told(notes));
  lines.push("", "Stays beside the project as it is; nothing of it is changed or deleted:", ...told(beside));
  return lines;
}

const told = (notes: readonly Note[]): string[] =>
  notes.length === 0
    ? ["  nothing"]
    : notes.map(({ object, field, why }) => `  ${object}${field === undefined ? "" : ` ${field}`}: ${why}`);
