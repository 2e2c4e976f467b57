import type { z } from "zod";

/** The parts of the settings, and the flat secret keys beside them. A stack has an environment and a release, or a platform. */
export type Part = "application" | "environment" | "release" | "rollout" | "platform" | "secrets";

/** One thing that is wrong with the settings. The message says what is wrong and what to do; it never holds a value. */
export interface Fault {
  file: string;
  /** Such as `environment.services.api.replicas.min`. */
  path: string;
  message: string;
}

/** A fault as a rule reports it: the file follows from the part. */
export interface Finding {
  part: Part;
  path: readonly PropertyKey[];
  message: string;
}

export const fileOf = (part: Part, stack: string): string => (part === "application" ? "Pulumi.yaml" : `Pulumi.${stack}.yaml`);

export const toFault = (finding: Finding, stack: string): Fault => ({
  file: fileOf(finding.part, stack),
  path: formatPath(finding.part === "secrets" ? finding.path : [finding.part, ...finding.path]),
  message: finding.message,
});

export const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );

/** `Pulumi.staging.yaml is not valid:` and one line a fault; files in the order given, each once. */
export function describeFaults(faults: readonly Fault[]): string {
  const files = [...new Set(faults.map((fault) => fault.file))];
  return files
    .map((file) => {
      const lines = faults.filter((fault) => fault.file === file).map((fault) => `  ${fault.path}: ${fault.message}`);
      return [`${file} is not valid:`, ...new Set(lines)].join("\n");
    })
    .join("\n");
}

/** What zod found, as findings of `part`. */
export const findingsOf = (error: z.ZodError, part: Part): Finding[] => error.issues.flatMap((issue) => expand(issue, part));

function expand(issue: z.core.$ZodIssue, part: Part): Finding[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ part, path: [...issue.path, key], message: issue.message }));
  }
  // A record's key: say what a key must look like, which its own schema knows.
  if (issue.code === "invalid_key")
    return [{ part, path: issue.path, message: `the name ${issue.issues[0]?.message ?? "is not allowed"}` }];
  return [{ part, path: issue.path, message: issue.message }];
}

/** Words for what zod finds by itself; a schema's own message comes first. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type" && issue.input === undefined) return `is missing: add it (${nounOf[issue.expected] ?? issue.expected})`;
  if (issue.code === "invalid_type") return `must be ${nounOf[issue.expected] ?? issue.expected}`;
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.inst);
    return known.length > 0 ? `is not a known setting; known here: ${known.join(", ")}` : "is not a known setting: remove it";
  }
  if (issue.code === "too_small" && issue.origin === "string") return "must not be empty";
  if (issue.code === "too_small" && issue.origin === "array")
    return `must have at least ${issue.minimum} ${issue.minimum === 1 ? "entry" : "entries"}`;
  return undefined;
};

const nounOf: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping of settings",
  record: "a mapping of names",
  array: "a list",
};

function knownKeys(schema: unknown): string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}
