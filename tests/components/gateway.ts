import { BlockList } from "node:net";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import { redact } from "../../local/engine/values.ts";

export interface Request {
  /** Left out: https. */
  scheme?: "http" | "https";
  host: string;
  path: string;
  from?: string;
  /** Whether the request carries the password that the route's users have. */
  password?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: manifests
type Manifest = any;

/**
 * What a Gateway answers, by what the rendered objects say: the Gateway API's rules of precedence as Envoy Gateway applies them (exact paths,
 * then expressions, then the longest prefix), and a SecurityPolicy on the route that was found. Answers with a status, or with the service.
 */
export function ask(
  resources: readonly RenderedResource[],
  { scheme = "https", host, path, from = "192.0.2.1", password = false }: Request,
) {
  const objects = (kind: string): Manifest[] =>
    resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => redact(inputs));
  const candidates = objects("HTTPRoute").flatMap(({ metadata, spec }) =>
    spec.parentRefs.some(({ sectionName }: Manifest) => sectionName === undefined || sectionName === scheme) &&
    spec.hostnames.includes(host)
      ? spec.rules.flatMap((rule: Manifest) =>
          (rule.matches ?? [{ path: { type: "PathPrefix", value: "/" } }]).map((match: Manifest) => ({ metadata, rule, path: match.path })),
        )
      : [],
  );
  const rank = (match: Manifest) => (match.type === "RegularExpression" ? 1e6 : 0) + match.value.length;
  const [found] = candidates
    .filter((route: Manifest) => matches(route.path, path))
    .sort((a: Manifest, b: Manifest) => rank(b.path) - rank(a.path));
  if (found === undefined) return 404;
  const redirect = found.rule.filters?.find(({ type }: Manifest) => type === "RequestRedirect")?.requestRedirect;
  if (redirect !== undefined) return `${redirect.statusCode} ${redirect.scheme}`;

  const policy = objects("SecurityPolicy").find(({ spec }) =>
    spec.targetRefs.some(({ kind, name }: Manifest) => kind === "HTTPRoute" && name === found.metadata.name),
  )?.spec;
  if (policy?.basicAuth !== undefined && !password) return 401;
  if (policy?.authorization !== undefined) {
    const rule = policy.authorization.rules.find(({ principal }: Manifest) => within(principal.clientCIDRs, from));
    if ((rule?.action ?? policy.authorization.defaultAction) === "Deny") return 403;
  }
  return found.rule.backendRefs[0].name as string;
}

function matches({ type, value }: { type: string; value: string }, path: string): boolean {
  if (type === "RegularExpression") {
    const [, flags = "", expression = value] = /^\(\?(i)\)(.*)$/.exec(value) ?? [];
    return new RegExp(`^(?:${expression})$`, flags).test(path);
  }
  const prefix = value.replace(/\/$/, "");
  return path === prefix || path.startsWith(`${prefix}/`);
}

function within(cidrs: string[], address: string): boolean {
  const list = new BlockList();
  const family = (text: string) => (text.includes(":") ? "ipv6" : "ipv4");
  for (const cidr of cidrs) {
    const [net = "", bits = ""] = cidr.split("/");
    list.addSubnet(net, Number(bits), family(net));
  }
  return list.check(address, family(address));
}
