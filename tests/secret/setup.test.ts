import { expect, test } from "vitest";
import { commandLine, setupSteps } from "../../ops/setup/plan.ts";
import { World } from "./support.ts";

const BACKEND = "azblob://state?storage_account=acme";

test("says what is missing, makes it in order, and then which secrets are not set", async () => {
  const world = new World().cli(`"stack ls"*) echo '[{"name":"staging"}]';;`);
  const ended = await world.run(["setup", "--secrets-provider", "awskms://alias/shop", "--yes"]);
  expect(ended).toMatchObject({ exitCode: 0, err: "" });
  expect(world.asked).toEqual([
    "stack ls --json --non-interactive",
    "stack init production --no-select --secrets-provider awskms://alias/shop --non-interactive",
  ]);
  expect(ended.out).toContain("make the stack production, its secrets encrypted by awskms://alias/shop");
  expect(ended.out).toContain("liftlock secret set staging DATABASE_URL");
});

test("another backend is logged in to first, and has none of the stacks", async () => {
  const world = new World().cli();
  expect((await world.run(["setup", "--backend", BACKEND, "-y"])).exitCode).toBe(0);
  expect(world.asked).toEqual([
    `login ${BACKEND} --non-interactive`,
    "stack init staging --no-select --non-interactive",
    "stack init production --no-select --non-interactive",
  ]);
});

test("does nothing when all is there, and nothing without a yes", async () => {
  const there = new World().cli(`"stack ls"*) echo '[{"name":"organization/shop/staging"},{"name":"production"}]';;`);
  expect((await there.run(["setup"])).out).toContain("Backend and stacks are there.");
  expect(there.asked).toEqual(["stack ls --json --non-interactive"]);
  const asked = new World().cli(`"stack ls"*) echo '[]';;`);
  expect(await asked.run(["setup"])).toMatchObject({ exitCode: 2, err: expect.stringContaining("--yes") });
  expect(asked.asked).toEqual(["stack ls --json --non-interactive"]);
});

test("a run that ended halfway is gone on with", async () => {
  const world = new World().cli(`"stack ls"*) echo '[]';;\n"stack init production"*) echo "error: no space" >&2; exit 255;;`);
  const ended = await world.run(["setup", "--yes"]);
  expect(ended).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/pulumi stack init production.*failed: error: no space.*the same command goes on/),
  });
  const raced = new World().cli(`"stack ls"*) echo '[]';;\n"stack init"*) echo "error: stack already exists" >&2; exit 255;;`);
  expect((await raced.run(["setup", "--yes"])).exitCode).toBe(0);
});

test("without a CLI it says how to get one, and what to type then", async () => {
  const world = new World();
  world.env.PULUMI_COMMAND = "/nowhere/pulumi";
  const ended = await world.run(["setup", "--backend", BACKEND]);
  expect(ended.exitCode).toBe(2);
  expect(ended.err).toContain("https://www.pulumi.com/docs/install/");
  expect(ended.err).toContain("pulumi stack init staging --no-select");
  expect(ended.err).toContain(`pulumi login '${BACKEND}'`);
});

test("what is typed into a shell is quoted where a shell would read it", () => {
  const [login] = setupSteps({ stacks: [], wanted: { backend: "s3://state?region=eu&x=1" } });
  expect(commandLine(login!)).toBe("pulumi login 's3://state?region=eu&x=1'");
});
