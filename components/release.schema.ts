import { z } from "zod";
import { GitCommit, ImageReference, SchemaVersion, SemVer, ServiceName } from "./primitives.ts";

/** `release` in Pulumi.<stack>.yaml: what a promotion changes. */
export const ReleaseSettings = z.strictObject({
  version: SemVer,
  commit: GitCommit,
  schemaVersion: SchemaVersion.optional().describe("Newest migration in this release; needed with a database migration"),
  images: z.record(ServiceName, ImageReference),
});
export type ReleaseSettings = z.infer<typeof ReleaseSettings>;
