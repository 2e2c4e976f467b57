import { UserError } from "../../../ops/user-error.ts";
import type { CheckFailure } from "../../engine/provider.ts";
import { type PropertyMap, reveal, Secret } from "../../engine/values.ts";
import { asText, diffSettings } from "../settings.ts";

/** What a `github` provider's configuration may say (@pulumi/github, ProviderArgs). */
const SETTINGS = [
  "appAuth",
  "baseUrl",
  "cachePath",
  "insecure",
  "legacyClient",
  "maxPerPage",
  "maxRetries",
  "organization",
  "owner",
  "parallelRequests",
  "readDelayMs",
  "retryDelayMs",
  "retryableErrors",
  "token",
  "writeDelayMs",
];
const REFUSED: Readonly<Record<string, string>> = {
  appAuth: "is not supported by the embedded engine: give a token (an installation token of the App will do), or use the Pulumi CLI",
  insecure: "is not supported by the embedded engine: have the server's authority trusted (NODE_EXTRA_CA_CERTS)",
};

/** The shape in which state keeps provider inputs: scalars as text, objects as JSON text. The token is a secret. */
export function checkConfig(inputs: PropertyMap): { inputs: PropertyMap; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const checked: PropertyMap = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (value === null || value === undefined) continue;
    if (!SETTINGS.includes(key) && !key.startsWith("__") && key !== "version")
      failures.push({ property: key, reason: `is no setting of the github provider, which has ${SETTINGS.join(", ")}` });
    const why = REFUSED[key];
    if (why !== undefined && !["", "false", false].includes(reveal(value) as string)) failures.push({ property: key, reason: why });
    const text = key.startsWith("__") ? value : asText(value);
    checked[key] = key === "token" && !(text instanceof Secret) ? new Secret(text) : text;
  }
  return { inputs: checked, failures };
}

/** As the bridged provider: no setting replaces what it manages, not even another owner. */
export const diffConfig = diffSettings;

export interface Connection {
  /** `http://127.0.0.1:4000/` or `https://api.github.com/`. */
  baseUrl: string;
  token: string;
  /** Undefined: the token's own user. */
  owner: string | undefined;
}

/** github.com's own addresses; every other is a GitHub Enterprise Server, which has its API below /api/v3 and /api/graphql. */
const isDotCom = (url: URL): boolean => ["api.github.com", "github.com"].includes(url.hostname) || url.hostname.endsWith(".ghe.com");

/** Where REST and GraphQL are, as the real provider tells them from its `baseUrl` (terraform-provider-github, getBaseURL). */
export function endpoints(baseUrl: string): { rest: string; graphql: string } {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new UserError(`github: baseUrl "${baseUrl}" is no address: write it like https://github.example.com/`);
  }
  if (isDotCom(url)) {
    const api = url.hostname.startsWith("api.") ? url.origin : `${url.protocol}//api.${url.host}`;
    return { rest: api, graphql: `${api}/graphql` };
  }
  const root = `${url.origin}${url.pathname.replace(/\/(api\/v3\/?)?$/, "")}`;
  return { rest: `${root}/api/v3`, graphql: `${root}/api/graphql` };
}

/** What the SDK writes into every provider resource that names no address: nobody's choice. */
const SDK_DEFAULT = "https://api.github.com/";

/**
 * Which GitHub a provider resource talks to: its own `baseUrl`, with its own token and nobody else's, or else this run's. An owner that it
 * names holds for both.
 */
export function connectionOf(inputs: PropertyMap, target: { baseUrl: string; token: string; owner?: string }): Connection {
  const setting = (key: string): string | undefined => {
    const value = inputs[key] === undefined ? undefined : reveal(inputs[key]);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const owner = setting("owner") ?? setting("organization");
  const baseUrl = setting("baseUrl");
  if (baseUrl === undefined || baseUrl === SDK_DEFAULT) return { ...target, owner: owner ?? target.owner };
  const token = setting("token");
  if (token === undefined)
    throw new UserError(`github: the stack's configuration names ${baseUrl} and no token for it: pulumi config set --secret github:token`);
  return { baseUrl, token, owner };
}
