import type { ApplicationSettings } from "../application.schema.ts";
import type { ConfigKeySettings } from "../configuration.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { present } from "../model.ts";

/** Every key that the application declares for this environment is set, nothing else is, and each value has its type. */
export function checkConfiguration(application: ApplicationSettings, environment: EnvironmentSettings, stack: string): Finding[] {
  const found: Finding[] = [];
  const add = (path: PropertyKey[], message: string) => found.push({ part: "environment", path, message });
  const secrets = new Set(Object.values(application.secrets).flatMap((set) => Object.keys(set.keys)));

  for (const [set, { keys }] of Object.entries(application.config)) {
    for (const [key, declared] of Object.entries(keys)) {
      const value = environment.config[set]?.[key];
      if (!present(declared, stack)) {
        if (value !== undefined)
          add(["config", set, key], `must not be set here: application.config.${set}.keys.${key} leaves out ${stack}`);
      } else if (value === undefined) add(["config", set, key], "is missing: the application declares it");
      else {
        const fault = valueFault(String(value), declared);
        if (fault !== undefined) add(["config", set, key], fault);
      }
    }
  }
  for (const [set, values] of Object.entries(environment.config)) {
    const declared = application.config[set];
    if (declared === undefined) add(["config", set], "is not declared: add it to application.config or remove it");
    else
      for (const key of Object.keys(values)) {
        if (Object.hasOwn(declared.keys, key)) continue;
        add(
          ["config", set, key],
          secrets.has(key)
            ? `is a secret: remove it here and run pulumi config set --secret ${key} --stack ${stack}`
            : "is surplus: the application declares no such key",
        );
      }
  }
  return found;
}

/** Says what a value should have been, never what it was. */
export function valueFault(value: string, { type, oneOf }: Pick<ConfigKeySettings, "type" | "oneOf">): string | undefined {
  if (oneOf !== undefined && !oneOf.includes(value)) return `must be one of ${oneOf.join(", ")}`;
  if (type === "boolean" && value !== "true" && value !== "false") return "must be true or false";
  if (type === "integer" && !/^-?\d+$/.test(value)) return "must be a whole number";
  if (type === "url" && !URL.canParse(value)) return "must be a URL, such as https://app.example.com";
  return undefined;
}

/** Every declared flag has a value in every environment, so that a promotion never surprises. */
export function checkFlags(application: ApplicationSettings, environment: EnvironmentSettings): Finding[] {
  const missing = Object.keys(application.flags).filter((flag) => !Object.hasOwn(environment.flags, flag));
  const surplus = Object.keys(environment.flags).filter((flag) => !Object.hasOwn(application.flags, flag));
  return [
    ...missing.map(
      (flag): Finding => ({
        part: "environment",
        path: ["flags", flag],
        message: "is missing: the application declares it; set true, false or a share { percent: 10 }",
      }),
    ),
    ...surplus.map(
      (flag): Finding => ({ part: "environment", path: ["flags", flag], message: "is surplus: the application declares no such flag" }),
    ),
  ];
}
