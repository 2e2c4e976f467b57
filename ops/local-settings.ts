import { describeFaults } from "../components/faults.ts";
import { parseSettings } from "../components/parse.ts";
import { isPlatform, parsePlatform } from "../components/platform/parse.ts";
import { readSiblings } from "../components/siblings.ts";
import { UserError } from "./user-error.ts";

/**
 * Refuses settings that the program would refuse, with the same words, before anything is started. A program without Liftlock's settings (no
 * `application`) is left to speak for itself.
 */
export function checkSettings(
  project: { name: string; dir: string },
  stack: string,
  config: Readonly<Record<string, { value: string; secret: boolean }>>,
): void {
  if (config[`${project.name}:application`] === undefined) return;
  const values = Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]));
  const secretKeys = Object.keys(config).filter((key) => config[key]?.secret);
  const siblings = readSiblings(project.dir, project.name, stack);
  const raw = { project: project.name, stack, values, secretKeys, siblings };
  const parsed = isPlatform(raw) ? parsePlatform(raw) : parseSettings(raw);
  if (!parsed.ok) throw new UserError(describeFaults(parsed.faults));
}
