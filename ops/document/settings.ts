import type { ApplicationSettings } from "../../components/application.schema.ts";
import { EnvironmentSettings } from "../../components/environment.schema.ts";
import { describeFaults, findingsOf, inWords, toFault } from "../../components/faults.ts";
import { environmentsOf } from "../project-dir.ts";
import { readStackFile, readValue } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";

/** What the document is written from: settings alone, no release and nothing live, so that only a change of them makes it stale. */
export interface Documented {
  readonly application: ApplicationSettings;
  /** In the order of the promotion path. */
  readonly environments: readonly { readonly stack: string; readonly settings: EnvironmentSettings }[];
}

export function readDocumented(project: ProjectSummary): Documented {
  const application = readApplication(project);
  const known = environmentsOf(project);
  const stacks = application.promotion.path.filter((stack) => known.includes(stack));
  return { application, environments: stacks.map((stack) => ({ stack, settings: environmentOf(project, stack) })) };
}

function environmentOf(project: ProjectSummary, stack: string): EnvironmentSettings {
  const parsed = EnvironmentSettings.safeParse(readValue(readStackFile(project.dir, stack), project.name, "environment"), {
    error: inWords,
  });
  if (parsed.success) return parsed.data;
  throw new UserError(describeFaults(findingsOf(parsed.error, "environment").map((finding) => toFault(finding, stack))));
}
