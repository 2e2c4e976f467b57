import type { ApplicationSettings } from "../../components/application.schema.ts";
import { ImageReference } from "../../components/primitives.ts";
import { listed } from "../report/text.ts";
import { UserError } from "../user-error.ts";
import type { Registry } from "./registry.ts";

/** `service=image` for some services; the others take the image that the application names, tagged with the version. */
export function imagesFor(application: ApplicationSettings, version: string, given: readonly string[]): Record<string, string> {
  const services = application.services.map(({ name }) => name);
  const own = new Map<string, string>();
  for (const text of given) {
    const equals = text.indexOf("=");
    const [service, image] = [text.slice(0, equals), text.slice(equals + 1)];
    if (equals < 1)
      throw new UserError(
        `--image takes SERVICE=IMAGE, such as ${services[0]}=${application.services[0]?.image}:${version}; not "${text}".`,
        2,
      );
    if (!services.includes(service))
      throw new UserError(`--image ${text}: the application has no service "${service}". It has ${listed(services)}.`, 2);
    if (own.has(service)) throw new UserError(`--image names ${service} twice.`, 2);
    const parsed = ImageReference.safeParse(image);
    if (!parsed.success) throw new UserError(`--image ${text}: ${parsed.error.issues[0]?.message}.`, 2);
    own.set(service, image);
  }
  // A tag has no "+": build metadata is written with "_", as Helm does.
  const tag = version.replaceAll("+", "_");
  return Object.fromEntries(application.services.map(({ name, image }) => [name, own.get(name) ?? `${image}:${tag}`]));
}

/** Every image with its digest. All that are missing are named at once. */
export async function pinned(images: Readonly<Record<string, string>>, registry: Registry): Promise<Record<string, string>> {
  const found = await Promise.all(
    Object.entries(images).map(async ([service, image]) => ({ service, image, digest: await registry.digestOf(image) })),
  );
  const missing = found.filter(({ digest }) => digest === undefined).map(({ image }) => image);
  if (missing.length > 0) {
    throw new UserError(
      `${missing.length === 1 ? "There is no image" : "There are no images"} ${listed(missing)} in the registry. Push first, or name others with --image SERVICE=IMAGE.`,
    );
  }
  return Object.fromEntries(found.map(({ service, image, digest }) => [service, image.includes("@") ? image : `${image}@${digest}`]));
}
