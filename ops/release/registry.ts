import { createHash } from "node:crypto";
import { registryCall } from "@snyk/docker-registry-v2-client";
import { UserError } from "../user-error.ts";
import { findCredentials } from "./credentials.ts";

/** Where images live. */
export interface Registry {
  /** The digest behind an image's tag, or its own digest when the registry has it; `undefined` when it has no such image. */
  digestOf(image: string): Promise<string | undefined>;
}

export interface RegistryOptions {
  /** The local world has no registry: every image is there, and a tag's digest is made up from its text (the same one each time). */
  readonly local?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export const openRegistry = ({ local, env = process.env }: RegistryOptions = {}): Registry => (local ? inventing : asking(env));

/** Does the registry still have the image? Asked before a release goes anywhere, forward or back. */
export const imageExists = async (image: string, registry: Registry): Promise<boolean> => (await registry.digestOf(image)) !== undefined;

export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** `registry/repository[:tag][@digest]`, as the settings' grammar has checked it. */
export function parseImage(image: string): ImageName {
  const [name, digest] = image.split("@") as [string, string?];
  const slash = name.indexOf("/");
  const rest = name.slice(slash + 1);
  const colon = rest.indexOf(":");
  return {
    registry: name.slice(0, slash),
    repository: colon < 0 ? rest : rest.slice(0, colon),
    tag: colon < 0 ? undefined : rest.slice(colon + 1),
    digest,
  };
}

const sha256 = (content: string | Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

const inventing: Registry = { digestOf: async (image) => parseImage(image).digest ?? sha256(image) };

/** An index first: what is released is the image for every platform. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const asking = (env: Readonly<Record<string, string | undefined>>): Registry => ({
  async digestOf(image) {
    const { registry, repository, tag, digest } = parseImage(image);
    const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
    const credentials = await findCredentials(registry, env);
    const loopback = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
    let manifest: Buffer;
    try {
      const answer = await registryCall(
        `${host}/v2/${repository}/manifests/${digest ?? tag}`,
        credentials?.username,
        credentials?.password,
        {
          headers: { Accept: MANIFESTS },
          ...(loopback ? { protocol: "http:" } : {}),
          open_timeout: 10_000,
          response_timeout: 20_000,
        },
      );
      manifest = answer.raw;
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return undefined;
      throw new UserError(explained(error, image, registry, credentials !== undefined));
    }
    // A digest is what the content says, whatever a header claims.
    const found = sha256(manifest);
    if (digest !== undefined && found !== digest)
      throw new UserError(`${registry} answers with other content than ${image} names (${found}). Do not use it.`);
    return found;
  },
});

/** The library's own words may hold addresses and tokens: only what kind of failure it was is told. */
function explained(error: unknown, image: string, registry: string, known: boolean): string {
  const { statusCode, code, name } = error as { statusCode?: number; code?: string; name?: string };
  if (statusCode === 401 || statusCode === 403) {
    return `${registry} does not show ${image} ${known ? "to the user that docker login keeps" : "to somebody who is not logged in"}. Run docker login ${registry} with an account that may pull it.`;
  }
  if (name === "AuthenticationError")
    return `${registry} sends its users to another host to log in, which is not trusted with credentials.`;
  if (statusCode !== undefined) return `${registry} answers ${statusCode} when asked for ${image}. Try again later.`;
  return `${registry} cannot be reached to look for ${image}${code === undefined ? "" : ` (${code})`}. Check the address and the network.`;
}
