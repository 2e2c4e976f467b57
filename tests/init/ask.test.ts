import { beforeEach, expect, test, vi } from "vitest";
import { askFor } from "../../ops/init/ask.ts";
import { choicesOf } from "../../ops/init/flags.ts";

const { answers, answer } = vi.hoisted(() => {
  const answers: [question: RegExp, answer: unknown][] = [];
  const answer = async ({ message, default: fallback }: { message: string; default?: unknown }): Promise<unknown> => {
    const [question, given] = answers.shift() ?? [];
    if (question === undefined || !question.test(message)) throw new Error(`nobody expected "${message}"`);
    if (given instanceof Error) throw given;
    return given ?? fallback;
  };
  return { answers, answer };
});
vi.mock("@inquirer/prompts", () => ({ input: answer, select: answer, checkbox: answer }));
beforeEach(() => {
  answers.length = 0;
});

test("what is answered makes the same choices as flags", async () => {
  answers.push(
    [/Start from/, "settings of our own"],
    [/Name/, undefined],
    [/Environments/, "staging,production"],
    [/releases come from/, "tags"],
    [/First service/, "api"],
    [/api is/, "web"],
    [/image/, "ghcr.io/acme/api"],
    [/port/, "3000"],
    [/Path/, undefined],
    [/Another service/, "jobs"],
    [/jobs is/, "worker"],
    [/image/, undefined],
    [/Another service/, undefined],
    [/Database/, "postgresql"],
    [/Before the last environment/, ["soak", "approver"]],
    [/Who approves/, "ann@example.com"],
    [/Repository/, "acme/shop"],
  );
  const flags = {
    name: "shop",
    environments: "staging,production",
    branchModel: "tags",
    service: ["api=ghcr.io/acme/api,kind=web,port=3000,path=/", "jobs=registry.example.com/shop/jobs,kind=worker"],
    database: "postgresql",
    soak: "24h",
    approver: ["ann@example.com"],
    repository: "acme/shop",
  };
  expect(choicesOf(await askFor({ install: false }, "/shop"), "/shop")).toEqual(choicesOf(flags, "/shop"));
  expect(answers).toEqual([]);
});

test("an example needs no more questions", async () => {
  answers.push([/Start from/, "life-os"]);
  expect(await askFor({}, "/shop")).toEqual({ example: "life-os" });
});

test("Ctrl-C ends it without a word of a fault", async () => {
  answers.push([/Start from/, Object.assign(new Error("User force closed the prompt"), { name: "ExitPromptError" })]);
  await expect(askFor({}, "/shop")).rejects.toThrow("Not answered: nothing more was done.");
});
