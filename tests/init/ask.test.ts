import { checkbox } from "@inquirer/prompts";
import { beforeEach, expect, test, vi } from "vitest";
import { askFor } from "../../ops/init/ask.ts";
import { choicesOf } from "../../ops/init/flags.ts";

interface Question {
  readonly message: string;
  readonly default?: unknown;
  readonly choices?: readonly { value: unknown; disabled?: string | boolean }[];
  validate?(answer: string): true | string;
}
const { answers, refused, answer } = vi.hoisted(() => {
  const answers: [question: RegExp, answer: unknown][] = [];
  const refused: string[] = [];
  const answer = async (asked: Question): Promise<unknown> => {
    const [question, given] = answers.shift() ?? [];
    if (question === undefined || !question.test(asked.message)) throw new Error(`nobody expected "${asked.message}"`);
    if (given instanceof Error) throw given;
    const value = given ?? asked.default;
    const verdict = asked.choices?.some((choice) => choice.value === value && choice.disabled)
      ? "disabled"
      : asked.validate?.(value as string);
    if (verdict === true || verdict === undefined) return value;
    refused.push(`${value}: ${verdict}`);
    return answer(asked);
  };
  return { answers, refused, answer };
});
vi.mock("@inquirer/prompts", () => ({ input: answer, select: answer, checkbox: vi.fn(answer) }));
beforeEach(() => {
  answers.length = 0;
  refused.length = 0;
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
  expect([answers, refused]).toEqual([[], []]);
});

test("an answer that could not be used is asked anew, with what is wrong with it; blanks around one do not count", async () => {
  answers.push(
    [/Start from/, "settings of our own"],
    [/Name/, "Größe XL"],
    [/Name/, "x".repeat(64)],
    [/Name/, ".."],
    [/Name/, " shop "],
    [/Environments/, "staging,staging"],
    [/Environments/, "platform,production"],
    [/Environments/, " ,"],
    [/Environments/, "staging, production"],
    [/releases come from/, "trunk"],
    [/First service/, "API"],
    [/First service/, "smoke"],
    [/First service/, "api"],
    [/api is/, "web"],
    [/image/, "ghcr.io/acme/api:1.0"],
    [/image/, "ghcr.io/acme/api"],
    [/port/, "80"],
    [/port/, "eighty"],
    [/port/, "8080"],
    [/Path/, "api"],
    [/Path/, "none"],
    [/Another service/, "api"],
    [/Another service/, undefined],
    [/Database/, "sqlite"],
    [/Database/, "none"],
    [/Before the last environment/, ["approver"]],
    [/Who approves/, "ann"],
    [/Who approves/, "@ann"],
    [/Repository/, "shop"],
    [/Repository/, undefined],
  );
  const flags = await askFor({}, "/elsewhere");
  expect(answers).toEqual([]);
  expect(choicesOf(flags, "/elsewhere")).toEqual(
    choicesOf({ name: "shop", environments: "staging,production", service: ["api=ghcr.io/acme/api"], approver: ["@ann"] }, "/"),
  );
  const said = [
    /^Größe XL: The application's name .*must be lower-case letters/,
    /^x{64}: The application's name/,
    /^\.\.: The application's name/,
    /^staging,staging: .*stands on the path twice/,
    /^platform,production: .*give the environment another name/,
    /^ ,: .*names no environment/,
    /^API: must be lower-case letters/,
    /^smoke: .*kept|^smoke: /,
    /^ghcr\.io\/acme\/api:1\.0: must be an image's registry and repository without tag/,
    /^80: must be 1024 or more/,
    /^eighty: .*must be a whole number/,
    /^api: must be a path that starts with a slash/,
    /^api: .*give one of them another name/,
    /^sqlite: disabled/,
    /^ann: names "ann"/,
    /^shop: .*OWNER\/NAME/,
  ];
  expect(refused.map((line, i) => said[i]?.test(line) || line)).toEqual(said.map(() => true));
});

test("one environment has none before it, and is asked for no soak there", async () => {
  const asked: Question[] = [];
  vi.mocked(checkbox).mockImplementationOnce((async (question: Question) => {
    asked.push(question);
    return [];
  }) as never);
  answers.push(
    [/Start from/, "settings of our own"],
    [/Name/, undefined],
    [/Environments/, "production"],
    [/releases come from/, "trunk"],
    [/First service/, undefined],
    [/web is/, "worker"],
    [/image/, undefined],
    [/Another service/, undefined],
    [/Database/, "none"],
    [/Repository/, undefined],
  );
  await askFor({}, "/shop");
  expect(answers).toEqual([]);
  expect(asked.map(({ message, choices }) => [message, choices?.map(({ value }) => value)])).toEqual([
    ["Before a release goes there", ["approver", "check", "watch"]],
  ]);
});

test("an example needs no more questions", async () => {
  answers.push([/Start from/, "life-os"]);
  expect(await askFor({}, "/shop")).toEqual({ example: "life-os" });
});

test("Ctrl-C ends it without a word of a fault", async () => {
  answers.push([/Start from/, Object.assign(new Error("User force closed the prompt"), { name: "ExitPromptError" })]);
  await expect(askFor({}, "/shop")).rejects.toThrow("Not answered: nothing more was done.");
});
