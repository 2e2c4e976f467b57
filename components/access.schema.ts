import { z } from "zod";
import { Cidr, ConfigKey, KubernetesName } from "./primitives.ts";

/**
 * The Gateway (Gateway API) that answers for the environment's hosts. What the Gateway API has no word for (who may come in, how often)
 * is said in Envoy Gateway's: its CRDs are needed where these settings are used (https://gateway.envoyproxy.io).
 */
export const GatewaySettings = z.strictObject({
  name: KubernetesName,
  namespace: KubernetesName,
  listener: KubernetesName.default("https").describe("Listener that ends TLS: the services answer there, and nowhere else"),
  redirectFrom: KubernetesName.default("http").describe("Listener without TLS: every request to it is sent on to https"),
  proxies: KubernetesName.optional().describe(
    "Namespace in which the Gateway's proxies run; left out, the Gateway's own (Envoy Gateway by default: envoy-gateway-system)",
  ),
});

const BasicAuth = z.strictObject({
  secret: ConfigKey.describe("Secret key (format: htpasswd) with the users: the lines that `htpasswd -nbs USER PASSWORD` prints"),
});
const Cidrs = z.array(Cidr).min(1, { error: "must name an address range, or be left out" });

const limits = {
  basicAuth: BasicAuth.optional().describe("A browser asks for user and password"),
  cidrs: Cidrs.optional().describe("Address ranges that requests may come from; left out, any"),
};

const AdminAccess = z
  .union(
    [
      z.literal("open"),
      z.strictObject(limits).refine(({ basicAuth, cidrs }) => basicAuth !== undefined || cidrs !== undefined, {
        error: "must name cidrs, basicAuth or both; or be open",
      }),
    ],
    {
      error: "must name cidrs, basicAuth or both; or be open",
    },
  )
  .describe(
    "Who reaches the services' admin paths. What stands here takes the place of the environment's own limits; the rest of those holds",
  );

const RateLimit = z
  .strictObject({
    requests: z.int().min(1, { error: "must be 1 or more" }).max(1_000_000, { error: "must be at most 1000000" }),
    per: z.enum(["second", "minute", "hour"], { error: "must be one of second, minute, hour" }),
  })
  .describe("How many requests one client address may make to one service; each of the Gateway's proxies counts for itself");

/** Who reaches an environment from outside, and how. */
export const AccessSettings = z.strictObject({
  ...limits,
  redirect: z.boolean().default(true).describe("Requests without TLS are sent on to https"),
  admin: AdminAccess.optional(),
  rateLimit: RateLimit.optional(),
});
export type AccessSettings = z.infer<typeof AccessSettings>;
