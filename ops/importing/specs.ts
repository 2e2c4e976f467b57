import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { ImportSpec } from "../engine.ts";
import { UserError } from "../user-error.ts";

/** What `--type`, `--name`, `--id` and `--parent`, or `--file`, say is to be imported. */
export interface ImportFlags {
  readonly type?: string;
  readonly name?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly file?: string;
}

/** The part of `pulumi import --file` that Liftlock knows; `nameTable` gives parents that are in the state their names. */
const ImportFile = z.strictObject({
  nameTable: z.record(z.string(), z.string()).default({}),
  resources: z
    .array(
      z.strictObject({
        type: z.string().min(1),
        name: z.string().min(1),
        id: z.string().min(1),
        parent: z.string().min(1).optional(),
      }),
    )
    .min(1),
});

/** @throws UserError for wrong usage, and for a file that does not say what to import: with every fault and its path */
export function importSpecs(flags: ImportFlags, cwd: string): ImportSpec[] {
  const { type, name, id, parent, file } = flags;
  const given = [type, name, id, parent].some((flag) => flag !== undefined);
  if (file !== undefined && given) throw new UserError("Give either --file, or --type, --name and --id.", 2);
  if (file !== undefined) return fromFile(path.resolve(cwd, file));
  if (type === undefined || name === undefined || id === undefined) {
    const missing = [type === undefined && "--type", name === undefined && "--name", id === undefined && "--id"].filter(Boolean);
    throw new UserError(
      `What is to be imported? ${missing.join(" and ")} missing. For one object: --type kubernetes:core/v1:ConfigMap --name settings --id my-namespace/settings; for several: --file FILE.`,
      2,
    );
  }
  return [{ type, name, id, ...(parent === undefined ? {} : { parent }) }];
}

function fromFile(file: string): ImportSpec[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code !== undefined;
    throw new UserError(`${file} ${missing ? `cannot be read: ${(error as Error).message}` : "is not JSON."}`, 2);
  }
  const parsed = ImportFile.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join(".") || "(file)"}: ${issue.message}`);
    throw new UserError(`${file} does not say what to import, as pulumi import --file does:\n${faults.join("\n")}`, 2);
  }
  const { nameTable, resources } = parsed.data;
  return resources.map(({ type, name, id, parent }) => ({
    type,
    name,
    id,
    ...(parent === undefined ? {} : { parent: nameTable[parent] ?? parent }),
  }));
}
