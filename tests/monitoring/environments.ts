import type { Settings } from "../../components/model.ts";
import { buildMonitoring } from "../../components/monitoring/build.ts";
import type { MonitoringModel } from "../../components/monitoring/model.ts";
import { parseSettings } from "../../components/parse.ts";
import { examples as systems } from "../examples/examples.ts";
import { projects, rawSettings } from "../settings/projects.ts";
import { parse, type Variation } from "../settings/support.ts";

const prometheus = { prober: { address: "blackbox.elsewhere.example.com:9115" } };

/** What the application can be watched by, everything of it. */
export const declared = {
  scrape: { services: ["web", "api"] },
  health: { service: "web", path: "/health" },
  usage: { activeUsers: true, features: true, apis: ["openai", "trello"] },
};

/** What teams ask for, by the words in which they did. */
export const demands: Readonly<Record<string, object>> = {
  "errors > 1 %, p95 > 1 s, restarts > 5 an hour, CPU or memory > 80 %; 99.9 %, p95 < 500 ms, errors < 0.1 %": {
    prometheus,
    alerts: { errors: 1, latency: 1, restarts: 5, cpu: 80, memory: 80 },
    objectives: { requests: 99.9, availability: 99.9, latency: { percent: 95, seconds: 0.5 } },
  },
  "testing: 95 %": { prometheus, objectives: { requests: 95, availability: 95 } },
  "health: not 200, slower than 5 s, a service that reports an error": { prometheus, alerts: { down: "5m" } },
  "errors > 10 a minute, down > 5 min": { prometheus, alerts: { errorsPerMinute: 10, down: "5m", hold: "1m" } },
  "response < 2 s, CPU < 70 %, memory < 500 MB, query < 1 s, errors < 0.1 %": {
    prometheus,
    alerts: { errors: 0.1, latency: 2, cpu: 70, memoryMegabytes: 500, queries: 1 },
  },
};

/** The settings of an environment that is watched so. */
export function watched(monitoring: object | undefined, change: Variation["change"] = () => {}): Settings {
  const parsed = parse({
    change: (settings) => {
      settings.application.monitoring = declared;
      settings.environment.monitoring = monitoring;
      change(settings);
    },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, undefined, 2));
  return parsed.settings;
}

export function modelOf(settings: Settings): MonitoringModel {
  const model = buildMonitoring(settings);
  if (model === undefined) throw new Error(`nothing is watched in ${settings.stack}`);
  return model;
}

interface Project {
  readonly project: string;
  readonly dir: string;
  readonly stacks: readonly string[];
}
const watchedIn = ({ project, dir, stacks }: Project): [string, Settings][] =>
  stacks.flatMap((stack): [string, Settings][] => {
    const parsed = parseSettings(rawSettings(dir, project, stack));
    return parsed.ok && parsed.settings.environment.monitoring !== undefined ? [[`${project} ${stack}`, parsed.settings]] : [];
  });

/** Every stack of the reference application and of StudySphere that is watched. */
export const committed: [string, Settings][] = projects.flatMap(watchedIn);

/** Those of the other examples: what their teams asked for, as `demands` has it. */
export const examples: [string, Settings][] = systems
  .filter(({ name }) => !projects.some(({ project }) => project === name))
  .flatMap(({ name, dir, stacks }) => watchedIn({ project: name, dir, stacks }));
