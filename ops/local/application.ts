import type { Project } from "../../local/engine/project.ts";

/** `application` as the project's file has it, unchecked; undefined when there is none, or none that can be read. */
export function applicationOf(project: Project): unknown {
  const text = project.configDefaults[`${project.name}:application`]?.value;
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
