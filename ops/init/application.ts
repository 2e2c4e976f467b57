import { type Choices, last, type ServiceChoice } from "./choices.ts";
import { NO_DIGEST } from "./placeholders.ts";

const LOG_LEVELS = ["debug", "info", "warn", "error"];
/** Who holds the database's URL, or its file, and the other secrets. */
const ownerOf = ({ services, database }: Choices): ServiceChoice =>
  services.find(({ kind }) => (database === "sqlite" ? kind === "stateful" : kind !== "worker")) ?? services[0]!;

/** Keys of the application's secrets; none: it has no set. */
export const secretKeys = ({ database, secrets }: Choices): string[] => [
  ...new Set([...(database === "postgresql" ? ["DATABASE_URL"] : []), ...secrets]),
];

/** `application` in Pulumi.yaml: what is the same in every environment. */
export function application(choices: Choices): Record<string, unknown> {
  const { name, environments, services, repository } = choices;
  const owner = ownerOf(choices);
  const keys = secretKeys(choices);
  const asked = services.filter(({ kind }) => kind !== "worker");
  return {
    name,
    ...(repository === undefined ? {} : { repository: repositoryOf(choices) }),
    promotion: { path: [...environments], ...promotion(choices) },
    services: services.map((service) => serviceOf(service, keys.length > 0 && service === owner, choices)),
    config: { "app-config": { keys: { LOG_LEVEL: { oneOf: LOG_LEVELS } } } },
    ...(keys.length === 0
      ? {}
      : {
          secrets: {
            "app-secrets": {
              keys: Object.fromEntries(keys.map((key) => [key, key === "DATABASE_URL" ? { format: "postgresql-url" } : {}])),
            },
          },
        }),
    ...database(choices, owner),
    ...(asked.length === 0
      ? {}
      : {
          smoke: {
            image: `docker.io/curlimages/curl:8.16.0@${NO_DIGEST}`,
            checks: asked.map((service) => ({ service: service.name, path: "/health/ready" })),
          },
        }),
  };
}

function serviceOf({ name, kind, image, port, path }: ServiceChoice, secret: boolean, choices: Choices): Record<string, unknown> {
  return {
    name,
    kind,
    image,
    ...(kind === "worker" ? { probes: { readiness: ["test", "-e", "/tmp/ready"], liveness: ["test", "-e", "/tmp/alive"] } } : { port }),
    ...(kind === "stateful" ? { volumes: [{ name: "data", path: "/data", size: "1Gi" }] } : {}),
    ...(path === undefined || kind === "worker" ? {} : { route: { path } }),
    config: ["app-config"],
    ...(secret && secretKeys(choices).length > 0 ? { secrets: ["app-secrets"] } : {}),
  };
}

function database({ database: kind, migrate }: Choices, { name }: ServiceChoice): Record<string, unknown> {
  if (kind === "none") return {};
  const migration = migrate === undefined ? {} : { migration: { service: name, command: migrate.split(/\s+/).filter(Boolean) } };
  if (kind === "sqlite")
    return {
      database: {
        kind,
        service: name,
        volume: "data",
        file: "app.db",
        tools: `docker.io/keinos/sqlite3:3.50.4@${NO_DIGEST}`,
        ...migration,
      },
    };
  return { database: { kind, secret: "DATABASE_URL", tools: `docker.io/library/postgres:17.6-alpine@${NO_DIGEST}`, ...migration } };
}

/** Gates stand before the last environment: the one that people depend on. */
function promotion({ environments, gates, database: kind }: Choices): Record<string, unknown> {
  const target = last(environments);
  const before = environments.at(-2);
  const { soak, approvers, approvals, checks, watch } = gates;
  const standing = {
    ...(soak === undefined || before === undefined ? {} : { soak }),
    ...(approvers.length === 0 ? {} : { approvals: [{ roles: ["approver"], count: approvals }] }),
    ...(checks.length === 0
      ? {}
      : { checks: checks.map((check) => ({ name: check, evidence: true, ...(before === undefined ? {} : { in: before }) })) }),
    ...(kind === "none" ? {} : { backupMaxAge: "26h" }),
    ...(watch === undefined ? {} : { watch }),
  };
  return {
    ...(approvers.length === 0 ? {} : { roles: { approver: { people: [...approvers] } } }),
    ...(Object.keys(standing).length === 0 ? {} : { gates: { [target]: standing } }),
  };
}

function repositoryOf({ repository, environments, branchModel }: Choices): Record<string, unknown> {
  const { codeOwners, ...rest } = repository!;
  return {
    ...rest,
    // Where each environment has a branch, releases begin on the first one's.
    ...(branchModel === "branches" && environments.length > 1 ? { defaultBranch: environments[0]! } : {}),
    ...(codeOwners.length === 0 ? {} : { codeOwners: [{ path: "*", owners: [...codeOwners] }] }),
  };
}
