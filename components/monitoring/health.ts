import { findService, hostOf, type Settings } from "../model.ts";
import type { Health } from "./declaration.schema.ts";

/** What the health check asks, as the outside sees it. */
export function healthUrl(health: Health, { application, environment }: Pick<Settings, "application" | "environment">): string {
  const service = findService(application, health.service);
  return `https://${service === undefined ? environment.host : hostOf(service, environment)}${health.path}`;
}

/**
 * The health check as a module of the blackbox exporter (https://github.com/prometheus/blackbox_exporter): 200 over TLS, and a body that
 * does not hold the word.
 */
export const blackboxModule = ({ refuse }: Pick<Health, "refuse">) => ({
  prober: "http",
  http: {
    valid_status_codes: [200],
    fail_if_not_ssl: true,
    fail_if_body_matches_regexp: [`(?i)${refuse.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`],
  },
});
