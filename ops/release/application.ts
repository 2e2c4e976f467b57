import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ApplicationSettings } from "../../components/application.schema.ts";
import { describeFaults, findingsOf, inWords, toFault } from "../../components/faults.ts";
import { readValue } from "../promotion/stack-file.ts";
import { isRecord } from "../report/diff.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";

/** `application` of the project's file: what services there are, where their images live, and which environment comes first. */
export function readApplication({ dir, name, stacks }: ProjectSummary): ApplicationSettings {
  const file = ["Pulumi.yaml", "Pulumi.yml"].map((base) => path.join(dir, base)).find((candidate) => existsSync(candidate))!;
  const declared = readValue({ file, text: readFileSync(file, "utf8") }, name, "application");
  const value = isRecord(declared) && "value" in declared ? declared.value : declared;
  const parsed = ApplicationSettings.safeParse(value, { error: inWords });
  if (parsed.success) return parsed.data;
  const stack = stacks[0] ?? "";
  throw new UserError(describeFaults(findingsOf(parsed.error, "application").map((finding) => toFault(finding, stack))));
}
