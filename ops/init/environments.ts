import { type Choices, last } from "./choices.ts";

/** How often a backup is taken, and when: at night, and kept for a month. */
export const BACKUP = { schedule: "0 2 * * *", keepDays: 30, size: "10Gi" };

/** `environment` in Pulumi.<stack>.yaml: small where nobody depends on it, protected where people do. */
export function environment(choices: Choices, stack: string): Record<string, unknown> {
  const { name, environments, domain, database, services } = choices;
  const index = environments.indexOf(stack);
  const top = stack === last(environments);
  const replicas = index === 0 && !top ? { min: 1, max: 2 } : top ? { min: 2, max: 10 } : { min: 2, max: 4 };
  const single = services.filter(({ kind }) => kind === "stateful").map(({ name: service }) => [service, { replicas: { min: 1, max: 1 } }]);
  return {
    namespace: `${name}-${stack}`.toLowerCase().replace(/[^a-z0-9-]+/g, "-"),
    host: top ? `${name}.${domain}` : `${stack.toLowerCase().replace(/[^a-z0-9-]+/g, "-")}.${name}.${domain}`,
    cluster: { identifier: top ? stack : "shared", version: "1.36" },
    gateway: { name: "public", namespace: "gateway" },
    protect: top,
    defaults: {
      replicas,
      resources: {
        requests: { cpu: top ? "200m" : "50m", memory: top ? "256Mi" : "64Mi" },
        limits: { cpu: top ? "1" : "200m", memory: top ? "1Gi" : "256Mi" },
      },
    },
    ...(single.length === 0 ? {} : { services: Object.fromEntries(single) }),
    config: { "app-config": { LOG_LEVEL: top ? "info" : "debug" } },
    ...(database === "none"
      ? {}
      : {
          database: {
            ...(database === "postgresql" ? { cidrs: [`10.${20 + index}.0.0/24`] } : {}),
            data: top ? "real" : "synthetic",
            ...(top ? { backup: BACKUP } : {}),
          },
        }),
    ...github(choices, stack),
  };
}

/** What the environment has on GitHub, by the branch model. */
function github(choices: Choices, stack: string): Record<string, unknown> {
  const { repository, environments, branchModel } = choices;
  if (repository === undefined || !keepsRules(choices)) return {};
  const index = environments.indexOf(stack);
  const automatic = { deploy: { on: "push" } };
  if (branchModel === "branches") {
    const before = environments[index - 1];
    const branch = {
      name: stack,
      reviews: { approvals: index === environments.length - 1 ? 1 : 0 },
      checks: ["preview", "secret-scan"],
      ...(before === undefined ? {} : { mergesFrom: [before] }),
    };
    return { github: { branch, deployFrom: { branches: [stack] }, ...automatic } };
  }
  if (branchModel === "tags" && stack === last(environments) && index > 0)
    return { github: { deployFrom: { tags: ["v*"] }, ...automatic } };
  return { github: { deployFrom: { branches: ["main"] }, ...(index === 0 ? automatic : {}) } };
}

/** GitHub keeps no rules for private repositories of its free plan. */
export const keepsRules = ({ repository }: Choices): boolean =>
  repository !== undefined && !(repository.plan === "free" && repository.visibility !== "public");

/** `platform`: what environments share on GitHub. Undefined: nothing. */
export function platform(choices: Choices): Record<string, unknown> | undefined {
  const { branchModel, repository } = choices;
  if (repository === undefined || !keepsRules(choices)) return undefined;
  const main = { main: { reviews: { approvals: 1, codeOwners: repository.codeOwners.length > 0 }, checks: ["preview", "secret-scan"] } };
  return { github: { ...(branchModel === "branches" ? {} : { branches: main }), tags: {}, ledger: {} } };
}
