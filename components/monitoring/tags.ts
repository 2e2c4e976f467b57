import type { Settings } from "../model.ts";
import type { ServiceSettings } from "../workload.schema.ts";

/** Environment variables that a service is given where the application declares monitoring. */
export const TAGS = ["SENTRY_ENVIRONMENT", "SENTRY_RELEASE", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"] as const;

/**
 * What errors, logs and traces carry: where they come from and which release it is. Sentry's and OpenTelemetry's SDKs read it by themselves:
 * https://docs.sentry.io/platforms/javascript/guides/node/configuration/options/, https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */
export function tagsOf(
  service: Pick<ServiceSettings, "name">,
  { application, release, stack }: Settings,
): { name: string; value: string }[] {
  if (application.monitoring === undefined) return [];
  const attributes = {
    "service.namespace": application.name,
    "service.version": release.version,
    "vcs.ref.head.revision": release.commit,
  };
  const values: Record<(typeof TAGS)[number], string> = {
    SENTRY_ENVIRONMENT: stack,
    SENTRY_RELEASE: `${application.name}@${release.version}`,
    OTEL_SERVICE_NAME: service.name,
    // Kubernetes puts the environment in: so the text is the same everywhere that runs the release.
    OTEL_RESOURCE_ATTRIBUTES: [
      "deployment.environment.name=$(SENTRY_ENVIRONMENT)",
      ...Object.entries(attributes).map(([key, value]) => `${key}=${encodeURIComponent(value)}`),
    ].join(","),
  };
  return TAGS.map((name) => ({ name, value: values[name] }));
}
