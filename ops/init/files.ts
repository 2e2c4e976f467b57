import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { application } from "./application.ts";
import type { Choices } from "./choices.ts";
import { environment, platform } from "./environments.ts";
import { NO_DIGEST, noRelease } from "./placeholders.ts";

/** A project's files: path to text. */
export type Files = Readonly<Record<string, string>>;

const SCHEMAS = "node_modules/liftlock/schemas";

/** What Pulumi.yaml and the files of the environments hold. */
export interface SettingsParts {
  readonly application: Record<string, unknown>;
  readonly environment: (stack: string) => Record<string, unknown>;
  readonly release: (stack: string) => Record<string, unknown>;
}

const newParts = (choices: Choices): SettingsParts => ({
  application: application(choices),
  environment: (stack) => environment(choices, stack),
  release: () => noRelease(choices),
});

/** Settings of a new project: Pulumi.yaml and a file for each stack. */
export function settingsFiles(choices: Choices, parts: SettingsParts = newParts(choices)): Files {
  const { name, environments } = choices;
  const shared = platform(choices);
  return {
    "Pulumi.yaml": `${schemaLine("project")}${yaml({
      name,
      description: `${name}: ${environments.join(", then ")}`,
      runtime: { name: "nodejs", options: { typescript: false, packagemanager: "npm" } },
      config: { application: { value: parts.application } },
    })}`,
    ...Object.fromEntries(environments.map((stack) => [`Pulumi.${stack}.yaml`, stackFile(choices, stack, parts)])),
    ...(shared === undefined
      ? {}
      : {
          "Pulumi.platform.yaml": `${schemaLine("stack")}# What the environments share: rules of the repository as a whole.\n${yaml({
            config: { [`${name}:platform`]: shared },
          })}`,
        }),
  };
}

function stackFile(choices: Choices, stack: string, parts: SettingsParts): string {
  const { name } = choices;
  const release = parts.release(stack);
  const isPlaceholder = JSON.stringify(release).includes(NO_DIGEST);
  return [
    schemaLine("stack"),
    `# Secrets are flat keys beside these: ./liftlock secret set ${stack} KEY\n`,
    "config:\n",
    indented(yaml({ [`${name}:environment`]: parts.environment(stack) })),
    `  # ${isPlaceholder ? "A placeholder until there is a release" : "What runs now; the next one"}: ./liftlock release create 0.1.0, then ./liftlock promote FROM TO.\n`,
    indented(yaml({ [`${name}:release`]: release })),
  ].join("");
}

/** What is the same in every project: the program, how to run it, and what git leaves out. */
export function programFiles(name: string, dependency: string): Files {
  return {
    "index.ts": [
      'import program from "liftlock/program";',
      'import { extend } from "./extend.ts";',
      "",
      `/** ${name} is the shared program with settings of its own, and whatever extend.ts adds. */`,
      "export default () => program(extend);",
      "",
    ].join("\n"),
    "extend.ts": [
      'import type { Extension } from "liftlock/components/extension";',
      "",
      "/** Resources of your own, created with the environment and promoted, previewed and destroyed with it: none so far. */",
      "export const extend: Extension = () => ({});",
      "",
    ].join("\n"),
    "package.json": `${JSON.stringify(manifest(name, dependency), null, 2)}\n`,
    liftlock: WRAPPER,
  };
}

/** Lines that .gitignore must have; what stands there already stays. */
export const IGNORED = ["node_modules/", ".liftlock/", "*.log"];

/** The SDKs in the very version that liftlock runs with: two copies of one would not know of each other. */
function manifest(name: string, dependency: string): Record<string, unknown> {
  const { dependencies } = JSON.parse(readFileSync(packageFile(), "utf8")) as { dependencies: Record<string, string> };
  const sdk = (module: string) => ({ [module]: dependencies[module]! });
  return {
    name,
    private: true,
    type: "module",
    engines: { node: ">=24" },
    dependencies: { ...sdk("@pulumi/kubernetes"), ...sdk("@pulumi/pulumi"), liftlock: dependency },
  };
}

/** Of a checkout and of the published package alike; compiled, it stands one folder further up. */
export const packageFile = (): URL =>
  new URL(import.meta.filename.endsWith(".ts") ? "../../package.json" : "../../../package.json", import.meta.url);

const WRAPPER = `#!/bin/sh
# Runs the liftlock command of this project from anywhere; installs its packages first when they are missing.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
if [ ! -d "$root/node_modules/liftlock" ]; then
  echo 'liftlock: installing its packages (once) ...' >&2
  command=ci
  [ -f "$root/package-lock.json" ] || command=install
  (cd -- "$root" && npm "$command" --no-audit --no-fund --loglevel=error) >&2
fi
node=$root/node_modules/.bin/node
[ -x "$node" ] || node=node
LIFTLOCK_COMMAND=\${LIFTLOCK_COMMAND:-$0} exec "$node" --disable-warning=ExperimentalWarning "$root/node_modules/liftlock/dist/ops/bin.js" "$@"
`;

const schemaLine = (kind: string): string => `# yaml-language-server: $schema=${SCHEMAS}/${kind}.schema.json\n`;
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, flowCollectionPadding: true, aliasDuplicateObjects: false });
const indented = (text: string): string => text.replace(/^(?=.)/gm, "  ");
