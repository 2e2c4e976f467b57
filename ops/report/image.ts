/** An image reference taken apart: `registry/repository:tag@sha256:…`. */
export interface Image {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

export function parseImage(reference: string): Image {
  const [named = "", digest] = reference.split("@");
  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/");
  return {
    repository: tagged ? named.slice(0, colon) : named,
    ...(tagged ? { tag: named.slice(colon + 1) } : {}),
    ...(digest ? { digest } : {}),
  };
}

/** The first eight characters of a digest tell two images apart for a reader. */
const shortDigest = (digest: string): string => digest.replace(/^sha(\d+):/, "").slice(0, 8);

/** `1.4.2 (77b0e1d2)`, or what there is of it. */
const version = (image: Image, release: string | undefined): string => {
  const name = release ?? image.tag;
  const digest = image.digest && shortDigest(image.digest);
  return name && digest ? `${name} (${digest})` : (name ?? digest ?? "untagged");
};

/** `api:1.4.2@77b0e1d2`: the last part of the repository is enough beside the service's name. */
export function shortImage(reference: string): string {
  const { repository, tag, digest } = parseImage(reference);
  const name = repository.split("/").at(-1)!;
  return `${name}${tag ? `:${tag}` : ""}${digest ? `@${shortDigest(digest)}` : ""}`;
}

/** `image api 1.4.1 (3f2a9c1b) -> 1.4.2 (77b0e1d2)`; names the whole repository when that changes. */
export function imageChange(before: unknown, after: unknown, releases: { before?: string; after?: string } = {}): string {
  if (typeof before !== "string" || typeof after !== "string") return `image set to ${shortImage(String(after ?? before))}`;
  const [from, to] = [parseImage(before), parseImage(after)];
  if (from.repository !== to.repository)
    return `image ${from.repository} ${version(from, releases.before)} -> ${to.repository} ${version(to, releases.after)}`;
  return `image ${to.repository.split("/").at(-1)} ${version(from, releases.before)} -> ${version(to, releases.after)}`;
}
