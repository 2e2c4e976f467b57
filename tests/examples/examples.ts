import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { describeFaults } from "../../components/faults.ts";
import type { Settings } from "../../components/model.ts";
import { parseSettings } from "../../components/parse.ts";
import { rawSettings } from "../settings/projects.ts";

const folder = path.resolve(import.meta.dirname, "../../examples");

export interface Example {
  readonly name: string;
  readonly dir: string;
  /** In the order of its promotion path. */
  readonly stacks: readonly string[];
}

/** Every folder under examples/. */
export const examples: readonly Example[] = readdirSync(folder).map((name) => {
  const dir = path.join(folder, name);
  const { config } = parse(readFileSync(path.join(dir, "Pulumi.yaml"), "utf8"));
  return { name, dir, stacks: config.application.value.promotion.path };
});

/** The settings of an environment as its program gets them; throws with every fault. */
export function settingsOf(name: string, stack: string): Settings {
  const parsed = parseSettings(rawSettings(path.join(folder, name), name, stack));
  if (!parsed.ok) throw new Error(describeFaults(parsed.faults));
  return parsed.settings;
}
