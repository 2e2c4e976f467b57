import { checkbox, input, select } from "@inquirer/prompts";
import { answered } from "../terminal/answered.ts";
import { UserError } from "../user-error.ts";
import { faultsIn } from "./check.ts";
import { BRANCH_MODELS, DATABASES, SERVICE_KINDS } from "./choices.ts";
import { exampleNames } from "./example.ts";
import { settingsFiles } from "./files.ts";
import { choicesOf, type InitFlags, listOf, nameOf } from "./flags.ts";

const NO_EXAMPLE = "settings of our own";

/** Asks a person for what the flags leave open. The answers are flags again: what can be answered can be written into a script. */
export const askFor = (flags: InitFlags, dir: string): Promise<InitFlags> => answered(ask(flags, dir));

async function ask(flags: InitFlags, dir: string): Promise<InitFlags> {
  const start = await select({ message: "Start from", choices: [NO_EXAMPLE, ...exampleNames()] });
  if (start !== NO_EXAMPLE) return { ...flags, example: start };
  let said: InitFlags = { ...flags };
  const say = async (message: string, fallback: string, flag: (answer: string) => InitFlags) => {
    said = { ...said, ...(await line(message, fallback, (answer) => refusal({ ...said, ...flag(answer) }, dir), flag)) };
  };
  await say("Name of the application", nameOf(dir), (name) => ({ name }));
  await say("Environments, first to last", "development,staging,production", (environments) => ({ environments }));
  const branchModel = await select({
    message: "Where releases come from",
    choices: BRANCH_MODELS.map((value) => ({ value, description: MODELS[value] })),
  });
  said = { ...said, branchModel };
  said = { ...said, service: await askForServices(said, dir) };
  const stateful = said.service?.some((service) => service.includes(",kind=stateful"));
  const database = await select({
    message: "Database",
    choices: DATABASES.map((value) => ({
      value,
      disabled: value === "sqlite" && !stateful ? "(needs a stateful service, which holds its file)" : false,
    })),
  });
  said = { ...said, database };
  said = { ...said, ...(await askForGates(said, dir)) };
  await say("Repository on GitHub, OWNER/NAME (empty: none)", "", (repository) => (repository === "" ? {} : { repository }));
  return said;
}

const MODELS = {
  trunk: "everything is on main; a release moves on by a change of the next environment's file",
  branches: "each environment has a branch, and a merge into it deploys",
  tags: "main deploys the first environment, a tag v* the last one",
} as const;

/** Asks until the answer is one that can be used. */
async function line<T>(message: string, fallback: string, refused: (answer: string) => string | undefined, flag: (answer: string) => T) {
  const validate = (answer: string) => refused(answer.trim()) ?? true;
  return flag((await input({ message, default: fallback, validate })).trim());
}

/** Why the settings that follow from these flags would be refused: said while there is somebody to give another answer. */
function refusal(flags: InitFlags, dir: string): string | undefined {
  try {
    const choices = choicesOf(flags, dir);
    return faultsIn(choices.name, settingsFiles(choices))[0]?.message;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

async function askForServices(said: InitFlags, dir: string): Promise<string[]> {
  const application = said.name!;
  const services: string[] = [];
  const say = (message: string, fallback: string, text: (answer: string) => string) =>
    line(
      message,
      fallback,
      (answer) => (text(answer) === "" ? undefined : refusal({ ...said, service: [...services, text(answer)] }, dir)),
      (answer) => answer,
    );
  for (;;) {
    const first = services.length === 0;
    const repository = (name: string) => `registry.example.com/${application}/${name}`;
    const name = await say(first ? "First service" : "Another service (empty: no more)", first ? "web" : "", (answer) =>
      answer === "" && !first ? "" : `${answer}=${repository(answer)}`,
    );
    if (name === "") return services;
    const kind = await select({ message: `${name} is`, choices: [...SERVICE_KINDS] });
    const image = await say("Its image, without tag", repository(name), (answer) => `${name}=${answer},kind=${kind}`);
    let text = `${name}=${image},kind=${kind}`;
    if (kind !== "worker") {
      const port = await say("Its port", "8080", (answer) => `${text},port=${answer}`);
      text += `,port=${port}`;
      const path = (answer: string) => (answer === "none" ? text : `${text},path=${answer}`);
      text = path(await say("Path under the host (none: reached from inside only)", first ? "/" : "none", path));
    }
    services.push(text);
  }
}

async function askForGates(said: InitFlags, dir: string): Promise<InitFlags> {
  const isOnly = listOf(said.environments ?? "").length === 1;
  const chosen = await checkbox({
    message: isOnly ? "Before a release goes there" : "Before the last environment",
    choices: [
      ...(isOnly ? [] : [{ value: "soak", name: "it ran for a day in the environment before" }]),
      { value: "approver", name: "somebody approves" },
      { value: "check", name: isOnly ? "a load test passed" : "a load test passed in the environment before" },
      { value: "watch", name: "it is watched for half an hour after it went live" },
    ],
  });
  const approver = (answer: string): InitFlags => ({ approver: [answer] });
  return {
    ...(chosen.includes("soak") ? { soak: "24h" } : {}),
    ...(chosen.includes("approver")
      ? await line("Who approves: an e-mail address or @login", "", (answer) => refusal({ ...said, ...approver(answer) }, dir), approver)
      : {}),
    ...(chosen.includes("check") ? { check: ["load-test"] } : {}),
    ...(chosen.includes("watch") ? { watch: "30m" } : {}),
  };
}
