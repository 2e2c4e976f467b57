import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { main } from "../../ops/main.ts";
import { processIo } from "../../ops/terminal/io.ts";

async function run(line: string) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    ...processIo(process, ["--no-color"]),
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  return { exitCode: await main(line.split(" "), io), out: out.join("\n"), err: err.join("\n") };
}

test("liftlock operator prints the reference application's objects as one stream", async () => {
  const { exitCode, out, err } = await run("operator --local --backend azblob://state");
  const documents = parseAllDocuments(out).map((document) => document.toJS());
  expect(exitCode).toBe(0);
  expect(documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "Stack ferry-platform",
    "Stack ferry-development",
    "Stack ferry-staging",
    "Stack ferry-production",
  ]);
  expect(documents[0].spec.projectRepo).toBe("https://github.com/acme/ferry");
  expect(err).toContain("Secret ferry-pulumi (key passphrase)");
});
test("of one stack it prints what that waits for, too, and says so", async () => {
  const { out, err } = await run("operator staging --local --backend azblob://state");
  const documents = parseAllDocuments(out).map((document) => document.toJS());
  const names = documents.map(({ metadata }) => metadata.name);
  expect(names).toEqual(["ferry-platform", "ferry-development", "ferry-staging"]);
  expect(documents.flatMap(({ spec }) => spec.prerequisites).every(({ name }) => names.includes(name))).toBe(true);
  expect(err).toContain("platform, development come along: staging would wait for ever without.");
  expect((await run("operator --local --backend azblob://state")).err).not.toContain("along");
});
test.each([
  ["operator --local", "Where is the state?"],
  ["operator --local --backend file:///tmp/state", "an address that pods can reach"],
  ["operator --local --backend https://api.pulumi.com", "--organization"],
  ["operator nowhere --local --backend azblob://state", 'No stack "nowhere"'],
])("%s is a wrong use", async (line, said) => {
  expect(await run(line)).toMatchObject({ exitCode: 2, err: expect.stringContaining(said) });
});
