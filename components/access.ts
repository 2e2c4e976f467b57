import type { AccessSettings } from "./access.schema.ts";

type Target = { readonly group: string; readonly kind: string; readonly name: string };

/** Envoy Gateway's API, as of its version 1.9 (api/v1alpha1: basic_auth_types.go, authorization_types.go, ratelimit_types.go). */
export const envoyGateway = "gateway.envoyproxy.io/v1alpha1";

export const routeTarget = (name: string): Target => ({ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name });

/** Who may use a route. */
export type Guard = Pick<AccessSettings, "basicAuth" | "cidrs">;

/** Limits of the environment as a whole. */
export const guardOf = ({ basicAuth, cidrs }: AccessSettings): Guard => ({ basicAuth, cidrs });

/** Limits of the admin paths; undefined where they are as open as the rest. */
export function adminGuardOf(access: AccessSettings): Guard | undefined {
  if (access.admin === undefined || access.admin === "open") return undefined;
  return { basicAuth: access.admin.basicAuth ?? access.basicAuth, cidrs: access.admin.cidrs ?? access.cidrs };
}

/**
 * A SecurityPolicy's specification; undefined where everybody may come in. `usersSecret`: name of the Secret that holds the users of a
 * secret key, in the route's namespace.
 */
export function securityPolicySpec<Name>(target: Target, { basicAuth, cidrs }: Guard, usersSecret: (key: string) => Name) {
  if (basicAuth === undefined && cidrs === undefined) return undefined;
  return {
    targetRefs: [target],
    ...(basicAuth === undefined ? {} : { basicAuth: { users: { name: usersSecret(basicAuth.secret) } } }),
    ...(cidrs === undefined
      ? {}
      : { authorization: { defaultAction: "Deny", rules: [{ name: "from-here", action: "Allow", principal: { clientCIDRs: cidrs } }] } }),
  };
}

const units = { second: "Second", minute: "Minute", hour: "Hour" } as const;

/** A BackendTrafficPolicy's specification that gives every client address a count of its own (IPv4 and IPv6 are two ranges). */
export function rateLimitSpec(target: Target, { requests, per }: NonNullable<AccessSettings["rateLimit"]>) {
  const limit = { requests, unit: units[per] };
  const rules = ["0.0.0.0/0", "::/0"].map((value) => ({ clientSelectors: [{ sourceCIDR: { type: "Distinct", value } }], limit }));
  return { targetRefs: [target], rateLimit: { local: { rules } } };
}

/**
 * Matches of a path that must not be missed: many frameworks take /Admin for /admin. The expression is RE2, matched against the whole
 * path; the prefix stands beside it for Gateways that know no expressions.
 */
export const guardedMatches = (path: string): { path: { type: string; value: string } }[] => {
  const prefix = path.replace(/\/+$/, "");
  const literal = prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return [{ path: { type: "PathPrefix", value: prefix } }, { path: { type: "RegularExpression", value: `(?i)${literal}(/.*)?` } }];
};
