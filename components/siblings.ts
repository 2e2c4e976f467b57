import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Sibling } from "./rules/network.ts";

/** What the other stack files of a project claim. A file that cannot be read claims nothing: its own stack reports what is wrong with it. */
export function readSiblings(projectDir: string, project: string, stack: string): Sibling[] {
  return readdirSync(projectDir).flatMap((file) => {
    const name = /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1];
    if (name === undefined || name === stack) return [];
    const sibling = readSibling(path.join(projectDir, file), project, name);
    return sibling === undefined ? [] : [sibling];
  });
}

function readSibling(file: string, project: string, stack: string): Sibling | undefined {
  let config: Record<string, unknown>;
  try {
    config = asMap(parse(readFileSync(file, "utf8"))?.config);
  } catch {
    return undefined;
  }
  const settings = asMap(config[`${project}:environment`]);
  const platform = asMap(asMap(config[`${project}:platform`]).github);
  const branch = asText(asMap(asMap(settings.github).branch).name);
  const services = Object.values(asMap(settings.services)).map((service) => asMap(service).host);
  return {
    stack,
    namespace: asText(settings.namespace),
    cluster: asText(asMap(settings.cluster).identifier),
    data: asText(asMap(settings.database).data) ?? "real",
    branches: [...(branch === undefined ? [] : [branch]), ...Object.keys(asMap(platform.branches))],
    hosts: [settings.host, ...services].flatMap((host) => asText(host) ?? []),
  };
}

const asMap = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
