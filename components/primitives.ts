import { Cron } from "croner";
import { z } from "zod";

/** Named atoms of the settings. Each message says what a good value looks like; none repeats the value, which may be a secret. */

const text = (pattern: RegExp, expected: string) => z.string().regex(pattern, { error: `must be ${expected}` });

/** RFC 1035 label, short enough that prefixes and suffixes still fit into the 63 characters of a name. */
export const ShortName = text(
  /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
  "lower-case letters, digits and dashes, starting with a letter, at most 40 (such as api)",
);
/** What a Service, and so everything named after one, may be called. */
export const ServiceName = ShortName;
/** RFC 1123 label, as namespaces have. */
export const KubernetesName = text(
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "lower-case letters, digits and dashes, at most 63 (such as shop-staging)",
);
/** A stack's name, as Pulumi allows it. */
export const StackName = text(/^[A-Za-z0-9_.-]{1,100}$/, "a stack's name, such as staging");
/** A key that an application finds as an environment variable or as a file. */
export const ConfigKey = text(
  /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  "letters, digits and underscores, not starting with a digit (such as LOG_LEVEL)",
);
export const FlagName = text(/^[A-Za-z][A-Za-z0-9_.-]{0,62}$/, "letters, digits, dots, dashes and underscores (such as newDashboard)");

/** Kubernetes quantities: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const CpuQuantity = text(/^(\d+m|\d+(\.\d{1,3})?)$/, "a CPU quantity: cores such as 2 or 0.5, or thousandths such as 100m");
export const MemoryQuantity = text(/^\d+(Ki|Mi|Gi|Ti)$/, "a quantity of bytes with a binary unit, such as 128Mi or 1Gi");
export const StorageQuantity = text(/^\d+(Mi|Gi|Ti)$/, "a quantity of bytes with a binary unit, such as 512Mi or 10Gi");

/** Ports from 1024 up: a process without root may not bind lower ones. */
export const ContainerPort = z
  .int({ error: "must be a whole number" })
  .min(1024, { error: "must be 1024 or more: an unprivileged process cannot bind a lower port" })
  .max(65535, { error: "must be at most 65535" });
export const Port = z
  .int({ error: "must be a whole number" })
  .min(1, { error: "must be 1 or more" })
  .max(65535, { error: "must be at most 65535" });
export const Percent = z
  .int({ error: "must be a whole number of per cent" })
  .min(0, { error: "must be 0 or more" })
  .max(100, { error: "must be at most 100" });

/** RFC 1123 host name with at least two labels. */
export const Host = text(
  /^(?=.{4,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])$/,
  "a host name in lower case without scheme or path, such as app.example.com",
);
export const UrlPath = text(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/, "a path that starts with a slash, such as /health/live");
export const AbsolutePath = text(/^\/[A-Za-z0-9._/-]+$/, "an absolute path, such as /data");
/** No segment begins with a dot, so none leads upwards or names what restore keeps aside. */
export const RelativePath = text(
  /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
  "a relative path of letters, digits, dots, dashes and underscores, such as uploads",
);
export const Cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "must be an address range such as 10.0.0.0/8" });

const digest = "sha256:[0-9a-f]{64}";
const repository = "[a-z0-9]+([.-][a-z0-9]+)*(:[0-9]+)?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+";
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
/** Where an image lives, without tag or digest (the distribution specification's grammar, registry required). */
export const ImageRepository = text(
  new RegExp(`^${repository}$`),
  "an image's registry and repository without tag or digest, such as ghcr.io/acme/api",
);
/** An image with a tag, a digest, or both. */
export const ImageReference = text(
  new RegExp(`^${repository}(:${tag}(@${digest})?|@${digest})$`),
  "an image with tag and digest, such as ghcr.io/acme/api:1.4.0@sha256:<64 hex digits>",
);
/** An image that can never change under its name. */
export const PinnedImage = text(
  new RegExp(`^${repository}(:${tag})?@${digest}$`),
  "an image pinned by digest, such as docker.io/library/postgres:17.6@sha256:<64 hex digits>",
);

/** https://semver.org, the expression it recommends. */
export const SemVer = text(
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-((0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\+([0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*))?$/,
  "a semantic version without a leading v, such as 1.4.0",
);
export const GitCommit = text(/^[0-9a-f]{40}$/, "a full git commit: 40 hexadecimal digits");
export const SchemaVersion = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  "the name of the newest migration, such as 20260110093000_add_seats",
);
export const KubernetesMinor = text(/^1\.\d{1,2}$/, 'a Kubernetes minor version in quotes, such as "1.36"');

/** Duration with one unit; `seconds()` reads it. */
export const Duration = text(/^[1-9]\d*(s|m|h|d)$/, "a duration such as 30s, 10m, 72h or 7d");
const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
export const seconds = (duration: string): number =>
  Number.parseInt(duration, 10) * secondsOf[duration.slice(-1) as keyof typeof secondsOf];

/** Five-field cron expression. What only croner reads (L, W, #, seconds) is refused: the CronJob controller would refuse it later. */
export const CronSchedule = z
  .string()
  .refine(isKubernetesCron, { error: "must be a cron schedule of five fields, such as 0 2 * * * (02:00 every day)" });

function isKubernetesCron(pattern: string): boolean {
  const withoutNames = pattern.replace(/\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi, "1");
  if (!/^[\d*,/-]+( [\d*,/-]+){4}$/.test(withoutNames)) return false;
  try {
    new Cron(pattern, { paused: true, mode: "5-part" });
    return true;
  } catch {
    return false;
  }
}

/** IANA time zone: a schedule in local time keeps its hour across daylight saving. */
export const TimeZone = z.string().refine(isTimeZone, { error: "must be an IANA time zone, such as Europe/Vienna or Etc/UTC" });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
