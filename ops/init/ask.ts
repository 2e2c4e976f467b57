import { checkbox, input, select } from "@inquirer/prompts";
import { answered } from "../terminal/answered.ts";
import { BRANCH_MODELS, DATABASES, SERVICE_KINDS } from "./choices.ts";
import { exampleNames } from "./example.ts";
import { type InitFlags, nameOf, service } from "./flags.ts";

const NO_EXAMPLE = "settings of our own";

/** Asks a person for what the flags leave open. The answers are flags again: what can be answered can be written into a script. */
export const askFor = (flags: InitFlags, dir: string): Promise<InitFlags> => answered(ask(flags, dir));

async function ask(flags: InitFlags, dir: string): Promise<InitFlags> {
  const start = await select({ message: "Start from", choices: [NO_EXAMPLE, ...exampleNames()] });
  if (start !== NO_EXAMPLE) return { ...flags, example: start };
  const text = async (given: string | undefined, message: string, fallback: string) =>
    given ?? (await input({ message, default: fallback }));
  const name = await text(flags.name, "Name of the application", nameOf(dir));
  const environments = await text(flags.environments, "Environments, first to last", "development,staging,production");
  const branchModel =
    flags.branchModel ??
    (await select({
      message: "Where releases come from",
      choices: BRANCH_MODELS.map((value) => ({ value, description: MODELS[value] })),
    }));
  const services = flags.service ?? (await askForServices(name));
  const database = flags.database ?? (await select({ message: "Database", choices: [...DATABASES] }));
  const gates = await askForGates(flags);
  const repository = flags.repository ?? (await input({ message: "Repository on GitHub, OWNER/NAME (empty: none)", default: "" }));
  return {
    ...flags,
    ...gates,
    name,
    environments,
    branchModel,
    service: services,
    database,
    ...(repository === "" ? {} : { repository }),
  };
}

const MODELS = {
  trunk: "everything is on main; a release moves on by a change of the next environment's file",
  branches: "each environment has a branch, and a merge into it deploys",
  tags: "main deploys the first environment, a tag v* the last one",
} as const;

async function askForServices(application: string): Promise<string[]> {
  const services: string[] = [];
  for (;;) {
    const name = await input({
      message: services.length === 0 ? "First service" : "Another service (empty: no more)",
      default: services.length === 0 ? "web" : "",
    });
    if (name === "") return services;
    const kind = await select({ message: `${name} is`, choices: [...SERVICE_KINDS] });
    const image = await input({ message: "Its image, without tag", default: `registry.example.com/${application}/${name}` });
    const port = kind === "worker" ? "8080" : await input({ message: "Its port", default: "8080" });
    const path =
      kind === "worker"
        ? ""
        : await input({ message: "Path under the host (empty: from inside only)", default: services.length === 0 ? "/" : "" });
    const text = `${name}=${image},kind=${kind},port=${port}${path === "" ? "" : `,path=${path}`}`;
    service(text);
    services.push(text);
  }
}

async function askForGates(flags: InitFlags): Promise<InitFlags> {
  const known = [
    { value: "soak", name: "it ran for a day in the environment before" },
    { value: "approver", name: "somebody approves" },
    { value: "check", name: "a load test passed in the environment before" },
    { value: "watch", name: "it is watched for half an hour after it went live" },
  ];
  const chosen = await checkbox({
    message: "Before the last environment",
    choices: known.filter(({ value }) => flags[value as "soak"] === undefined),
  });
  return {
    ...(chosen.includes("soak") ? { soak: "24h" } : {}),
    ...(chosen.includes("approver")
      ? { approver: [await input({ message: "Who approves: an e-mail address or @login", required: true })] }
      : {}),
    ...(chosen.includes("check") ? { check: ["load-test"] } : {}),
    ...(chosen.includes("watch") ? { watch: "30m" } : {}),
  };
}
