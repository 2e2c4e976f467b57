import { createHash } from "node:crypto";
import type { ReleaseSettings } from "./release.schema.ts";

/** A release's identity: its version, and a digest of everything that it consists of. The same release has the same id in every environment. */
export function releaseId({ version, commit, schemaVersion, migrations, images }: ReleaseSettings): string {
  const content = [
    version,
    commit,
    schemaVersion ?? "",
    ...Object.entries(images)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat(),
    ...(migrations ?? []).flatMap(({ name, kind }) => [name, kind]),
  ];
  return `${version}-${createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8)}`;
}

/** Digest of each image; the whole reference where there is none. */
export const digestsOf = ({ images }: Pick<ReleaseSettings, "images">): Record<string, string> =>
  Object.fromEntries(Object.entries(images).map(([name, image]) => [name, image.split("@")[1] ?? image]));
