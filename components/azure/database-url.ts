import * as pulumi from "@pulumi/pulumi";
import { declaredSecrets } from "../secrets.ts";
import type { LoadedSettings } from "../settings.ts";

/**
 * The settings with the database's URL pointing to this host: user, password, port, database and parameters stay, and it stays a secret.
 * Other URLs of the same host (a direct connection beside a pooled one, say) go with it.
 */
export function withServer(settings: LoadedSettings, host: pulumi.Output<string>): LoadedSettings {
  const { application, stack, secrets } = settings;
  const { database } = application;
  const main = database?.kind === "postgresql" ? secrets[database.secret] : undefined;
  if (database?.kind !== "postgresql" || main === undefined) return settings;
  const urls = declaredSecrets(application, stack).filter(({ key, format }) => format === "postgresql-url" || key === database.secret);
  const moved = urls.map(({ key }) => {
    const value = pulumi
      .all([secrets[key]!, main, host])
      .apply(([url, of, to]) => (hostOf(url) === hostOf(of) ? withHost(url, to, key) : url));
    return [key, pulumi.secret(value)] as const;
  });
  return { ...settings, secrets: { ...secrets, ...Object.fromEntries(moved) } };
}

/** scheme://  user:password@  host:port[,host:port]  the rest */
const URL_PARTS = /^(postgres(?:ql)?(?:\+\w+)?:\/\/)(?:([^/?]*)@)?([^/?@]*)([\s\S]*)$/;

const hostOf = (url: string): string | undefined => URL_PARTS.exec(url.trim())?.[3]?.replace(/:\d+$/, "").toLowerCase();

/** The same URL with another host. What is no URL is refused, without being shown. */
export function withHost(url: string, host: string, key: string): string {
  const parts = URL_PARTS.exec(url.trim());
  if (parts === null) throw new pulumi.RunError(`${key} is no URL (postgresql://…), so its host cannot be changed to ${host}`);
  const [, scheme, login, hosts, rest] = parts as unknown as [string, string, string | undefined, string, string];
  const [first] = hosts.split(",");
  const port = /:(\d+)$/.exec(first!)?.[0] ?? "";
  return `${scheme}${login === undefined ? "" : `${login}@`}${host}${port}${withoutHost(rest)}`;
}

/** A parameter that names a host of its own would win over the URL's. */
function withoutHost(rest: string): string {
  const [path, query] = rest.split("?", 2) as [string, string?];
  if (query === undefined) return rest;
  const kept = query.split("&").filter((pair) => !/^(host|hostaddr)=/.test(pair));
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}
