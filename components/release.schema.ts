import { z } from "zod";
import { GitCommit, ImageReference, SchemaVersion, SemVer, ServiceName } from "./primitives.ts";

const Migration = z.strictObject({
  name: SchemaVersion,
  kind: z
    .enum(["expand", "contract"], { error: "must be expand or contract" })
    .describe("expand: releases before it still work on the new schema; contract: takes away what they need"),
});

/** `release` in Pulumi.<stack>.yaml: what a promotion changes. */
export const ReleaseSettings = z.strictObject({
  version: SemVer,
  commit: GitCommit,
  schemaVersion: SchemaVersion.optional().describe("Newest migration in this release; needed with a database migration"),
  migrations: z
    .array(Migration)
    .min(1, { error: "must name a migration, or be left out" })
    .optional()
    .describe(
      "The newest migrations of this release, oldest first. What is not listed counts as a change that older releases do not survive",
    ),
  images: z.record(ServiceName, ImageReference),
  breakGlass: z
    .strictObject({ incident: z.string().min(1), reason: z.string().min(1) })
    .optional()
    .describe("Lets a release in that the environments before did not run; take it away once it is ported back"),
});
export type ReleaseSettings = z.infer<typeof ReleaseSettings>;
