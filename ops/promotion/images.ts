import type { Context } from "../context.ts";
import { imageExists, openRegistry, type Registry } from "../release/registry.ts";
import { listed } from "../report/text.ts";
import { UserError } from "../user-error.ts";
import type { Release } from "./configuration.ts";

/**
 * Refuses a release whose images the registry no longer has: what cannot be pulled would fail in the middle of its rollout. A registry that
 * cannot be asked from here proves nothing, so that is said and no more: the cluster may reach it.
 */
export async function refuseMissingImages(
  { io, options }: Pick<Context, "io" | "options">,
  release: Release,
  registry: Registry = openRegistry({ ...(options.local === undefined ? {} : { local: options.local }), env: io.env }),
): Promise<void> {
  const images = Object.values(release.images);
  const asked = await Promise.allSettled(images.map((image) => imageExists(image, registry)));
  const missing = images.filter((_, index) => {
    const answer = asked[index]!;
    return answer.status === "fulfilled" && !answer.value;
  });
  for (const answer of asked) {
    if (answer.status !== "rejected") continue;
    if (!(answer.reason instanceof UserError)) throw answer.reason;
    io.err(io.colors.yellow(`Not checked whether an image is there: ${answer.reason.message}`));
  }
  if (missing.length === 0) return;
  throw new UserError(
    `${release.version} cannot go anywhere: the registry no longer has ${listed(missing)}. Nothing was changed. Push ${missing.length === 1 ? "it" : "them"} again, by digest, or choose another release.`,
  );
}
