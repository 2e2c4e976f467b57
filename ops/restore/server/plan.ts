import type { RestoredServer } from "../../../components/azure/database.schema.ts";
import { releaseId } from "../../../components/release.ts";
import { moment } from "../../gates/words.ts";
import type { Release } from "../../promotion/configuration.ts";
import { duration } from "../../report/text.ts";
import type { RestorePlan } from "../plan.ts";
import { schemaStanding } from "../schema-standing.ts";
import type { SchemaAt } from "./schema-at.ts";
import type { KeptByPeople } from "./vault.ts";

export interface Asked {
  readonly stack: string;
  readonly serving: string;
  readonly restored: Pick<RestoredServer, "name" | "at">;
  readonly release: Release;
  /** Schema versions that ran, oldest first. */
  readonly applied: readonly string[];
  readonly schemaAt: SchemaAt;
  readonly now: Date;
  /** It was begun before: what is done already is not done again. */
  readonly begun: boolean;
  readonly drill: boolean;
  /** Folders in volumes are kept beside the database. */
  readonly files: boolean;
  /** The database's address is in a vault, where people write it. */
  readonly kept?: KeptByPeople | undefined;
}

/** What a point-in-time restore does to an environment, said before it does it. */
export function planServer({ stack, serving, restored, release, applied, schemaAt, now, begun, drill, files, kept }: Asked): RestorePlan {
  const { name, at } = restored;
  const age = duration(Math.max(0, (now.getTime() - Date.parse(at)) / 1000));
  const lines = [
    `${stack} runs ${releaseId(release)} on the server ${serving}.`,
    `${begun ? "Begun before, and gone on with: a" : "A"} new server ${name} gets the data of ${at}, ${age} ago. ${serving} stays as it is.`,
  ];
  if (drill) return { lines: [...lines, `It is asked what it holds, and then taken away again. What runs is not touched.`] };
  if ("during" in schemaAt) {
    const { schema, from, until } = schemaAt.during;
    return {
      lines,
      refused: `${at} lies within the deployment that brought the schema ${schema} (${moment(from)} to ${moment(until)}), and nobody can tell which the data has: choose a moment before or after it (--to ${from} is before)`,
    };
  }
  const { refused, line } = schemaStanding({ stack, schema: schemaAt.schema, release, applied });
  if (refused !== undefined) return { lines, refused };
  lines.push(
    `LOST to ${stack} is everything that was written since then, up to the moment at which it is stopped; ${serving} still has it, until \`restore ${stack} --finish\` takes that server away.`,
  );
  if (line !== undefined) lines.push(line);
  if (files)
    lines.push("Files in volumes stay as they are now: a server's backups hold none. To take them back too, restore a backup (--backup).");
  if (kept !== undefined)
    lines.push(
      `YOU are asked, while it is stopped, to write the new server into ${kept.key} in the vault ${kept.vault}: have its value at hand.`,
    );
  lines.push(
    `In this order: ${name} is made (this may take long, and nobody notices), it is asked what it holds; then everything that writes is stopped (users see an outage until the end), pointed to ${name}, started and tested.`,
    "Both servers are paid for until one is taken away.",
  );
  return { lines };
}

/** What the new server said of itself against what it must hold; undefined: nothing is wrong. */
export function checkFault(
  report: { tables?: unknown; schema?: unknown },
  expected: string | undefined,
  applied: readonly string[],
): string | undefined {
  const { tables, schema } = report;
  if (tables === 0 && expected !== undefined && expected !== "")
    return `it holds no table, and the schema ${expected} was there at that moment`;
  if (typeof schema === "string" && schema !== "" && expected !== undefined && schema !== expected && applied.includes(schema))
    return `its schema is ${schema}, and by the history of deployments it was ${expected === "" ? "none" : expected} at that moment`;
  return undefined;
}
