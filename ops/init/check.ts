import { parse } from "yaml";
import { describeFaults, type Fault } from "../../components/faults.ts";
import { parseSettings } from "../../components/parse.ts";
import { isPlatform, parsePlatform } from "../../components/platform/parse.ts";
import { declaredSecrets } from "../../components/secrets.ts";
import { UserError } from "../user-error.ts";
import type { Files } from "./files.ts";

type Yaml = { config: Record<string, unknown> };

/** Refuses what the program itself would refuse, before a file is written. */
export function checkFiles(name: string, files: Files): void {
  const faults = faultsIn(name, files);
  if (faults.length > 0) throw new UserError(`Nothing was written: the settings would not be valid.\n${describeFaults(faults)}`, 2);
}

/** What the program would have against these settings. Secrets count as set: nobody could have set one yet. */
export function faultsIn(name: string, files: Files): readonly Fault[] {
  const application = (parse(files["Pulumi.yaml"]!) as { config: { application: { value: unknown } } }).config.application.value;
  return Object.entries(files).flatMap(([file, text]) => {
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    return stack === undefined ? [] : faultsOf(name, stack, application, parse(text) as Yaml);
  });
}

function faultsOf(project: string, stack: string, application: unknown, { config }: Yaml): readonly Fault[] {
  const secretKeys = declaredSecrets(application, stack).map(({ key }) => `${project}:${key}`);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const values = {
    [`${project}:application`]: text(application),
    ...Object.fromEntries(Object.entries(config).map(([key, value]) => [key, text(value)])),
    ...Object.fromEntries(secretKeys.map((key) => [key, "set"])),
  };
  const raw = { project, stack, values, secretKeys };
  const platform = isPlatform(raw);
  const parsed = platform ? parsePlatform(raw) : parseSettings(raw);
  // The folder's other stacks are not written yet: what is said of them is checked by the preview at the end.
  return parsed.ok ? [] : parsed.faults;
}
