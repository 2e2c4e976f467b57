import type { ApplicationSettings } from "../application.schema.ts";
import type { Finding } from "../faults.ts";
import type { ReleaseSettings } from "../release.schema.ts";

/** Rules between the release and the services that the application declares. */
export function checkRelease(application: ApplicationSettings, release: ReleaseSettings, stack: string): Finding[] {
  const found: Finding[] = [];
  const add = (path: PropertyKey[], message: string) => found.push({ part: "release", path, message });
  // Where a stack stands on the path decides, not what it is called.
  const first = application.promotion.path.indexOf(stack) === 0;
  for (const service of application.services) {
    const image = release.images[service.name];
    if (image === undefined) add(["images", service.name], `is missing: the application declares the service "${service.name}"`);
    else for (const message of imageFaults(image, service.image, first)) add(["images", service.name], message);
  }
  for (const name of Object.keys(release.images)) {
    if (!application.services.some((service) => service.name === name))
      add(["images", name], `the application declares no service "${name}"`);
  }
  if (application.database?.migration !== undefined && release.schemaVersion === undefined) {
    add(["schemaVersion"], "is missing: application.database.migration needs the name of the newest migration in this release");
  }
  const names = release.migrations?.map(({ name }) => name) ?? [];
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) add(["migrations", index, "name"], `"${name}" stands here twice`);
  });
  if (names.length > 0 && names.at(-1) !== release.schemaVersion) {
    add(["migrations"], "must end with schemaVersion, the newest migration in this release");
  }
  return found;
}

/** What is wrong with an image. A tag can be moved, so only the first environment of the path may rely on one. */
export function imageFaults(image: string, repository: string, firstEnvironment: boolean): string[] {
  const [name, digest] = image.split("@") as [string, string?];
  const found: string[] = [];
  const tag = name.slice(name.lastIndexOf("/")).split(":")[1];
  if (name.slice(0, tag === undefined ? undefined : -tag.length - 1) !== repository) {
    found.push(`must come from ${repository}, the image that application.services names`);
  }
  if (tag === "latest") found.push('the tag "latest" says nothing: use the version');
  if (digest === undefined && !firstEnvironment) {
    found.push(
      "has a tag but no digest: add @sha256:… of the image that ran in the environment before, so that what was tested is what runs",
    );
  }
  return found;
}
