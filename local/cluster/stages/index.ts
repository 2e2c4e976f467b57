import { stringify } from "yaml";
import { networkStages } from "./network.ts";
import { nodeStages } from "./nodes.ts";
import { podStages } from "./pods.ts";
import { secretStages } from "./secrets.ts";
import { toObject } from "./stage.ts";
import { volumeStages } from "./volumes.ts";

/** Everything that kwok simulates here, as the configuration file that it reads. */
export function stagesYaml(): string {
  return [...nodeStages, ...podStages, ...volumeStages, ...networkStages, ...secretStages]
    .map((stage) => `---\n${stringify(toObject(stage))}`)
    .join("");
}
