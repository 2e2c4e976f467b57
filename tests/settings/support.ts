import { describeFaults, type Fault } from "../../components/faults.ts";
import { type Parsed, parseSettings, type RawSettings } from "../../components/parse.ts";

const digest = (n: number) => `sha256:${String(n).repeat(64)}`;

/** Settings that are right, in the plain form in which a person writes them. Each call makes new ones, to be spoilt at will. */
// biome-ignore lint/suspicious/noExplicitAny: tests write what the schema must refuse
export const valid = (): any => ({
  application: {
    name: "shop",
    promotion: { path: ["dev", "prod"] },
    services: [
      { name: "web", kind: "web", image: "ghcr.io/acme/web", port: 3000, route: { path: "/" }, calls: ["api"], config: ["settings"] },
      { name: "api", kind: "web", image: "ghcr.io/acme/api", route: { path: "/api" }, config: ["settings"], secrets: ["keys"] },
      {
        name: "mailer",
        kind: "worker",
        image: "ghcr.io/acme/mailer",
        probes: { readiness: ["true"], liveness: ["true"] },
        secrets: ["keys"],
      },
      { name: "store", kind: "stateful", image: "ghcr.io/acme/store", volumes: [{ name: "data", path: "/data", size: "1Gi" }] },
    ],
    config: { settings: { keys: { LOG_LEVEL: { oneOf: ["debug", "info"] }, TRACE: { type: "boolean", only: ["dev"] } } } },
    secrets: { keys: { keys: { DATABASE_URL: { format: "postgresql-url" }, SENTRY_DSN: { only: ["prod"] } } } },
    flags: { fast: {} },
    database: {
      kind: "postgresql",
      secret: "DATABASE_URL",
      tools: `docker.io/library/postgres:17@${digest(1)}`,
      migration: { service: "api", command: ["migrate"] },
      reset: { service: "api", command: ["reset"] },
    },
    smoke: { image: `docker.io/curlimages/curl:8@${digest(2)}`, checks: [{ service: "api", path: "/health" }] },
  },
  environment: {
    namespace: "shop-prod",
    host: "shop.example.com",
    cluster: { identifier: "main", version: "1.36" },
    gateway: { name: "public", namespace: "gateway" },
    config: { settings: { LOG_LEVEL: "info" } },
    flags: { fast: { percent: 10 } },
    database: { cidrs: ["10.0.0.0/24"], data: "real", backup: { schedule: "0 2 * * *" } },
  },
  release: {
    version: "1.2.3",
    commit: "0123456789abcdef0123456789abcdef01234567",
    schemaVersion: "0007_seats",
    images: Object.fromEntries(["web", "api", "mailer", "store"].map((name, i) => [name, `ghcr.io/acme/${name}:1.2.3@${digest(i + 3)}`])),
  },
  secrets: { DATABASE_URL: "postgresql://planted", SENTRY_DSN: "planted" },
});

export interface Variation {
  stack?: string;
  /** Spoils the valid settings. */
  change?: (settings: ReturnType<typeof valid>) => void;
  /** Flat keys that are not encrypted. */
  clear?: string[];
  siblings?: RawSettings["siblings"];
}

export function parse({ stack = "prod", change, clear = [], siblings }: Variation = {}): Parsed {
  const { secrets, ...parts } = valid();
  const settings = { ...parts, secrets };
  change?.(settings);
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings)) {
    if (key !== "secrets" && value !== undefined) values[`shop:${key}`] = JSON.stringify(value);
  }
  for (const [key, value] of Object.entries(settings.secrets)) values[`shop:${key}`] = String(value);
  const secretKeys = Object.keys(settings.secrets).flatMap((key) => (clear.includes(key) ? [] : [`shop:${key}`]));
  return parseSettings({ project: "shop", stack, values, secretKeys, siblings: siblings ?? [] });
}

/** Faults as `file path: message`; empty when the settings are right. */
export function faultsOf(variation: Variation): string[] {
  const parsed = parse(variation);
  return parsed.ok ? [] : parsed.faults.map((fault: Fault) => `${fault.file} ${fault.path}: ${fault.message}`);
}

export function errorOf(variation: Variation): string {
  const parsed = parse(variation);
  if (parsed.ok) throw new Error("the settings are right");
  return describeFaults(parsed.faults);
}
