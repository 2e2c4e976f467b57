import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { loadProject } from "../../local/engine/project.ts";
import { main } from "../../ops/main.ts";
import type { Selector } from "../../ops/selector.ts";
import { env, git, open, release, repository } from "../ledger/support.ts";
import { digestOf, registry } from "./registry-server.ts";

const root = path.join(import.meta.dirname, "../..");
const file = "Pulumi.development.yaml";
const schema = "--schema-version 20261120_more";

/** The project of this repository, its images in a registry of the test's own. */
async function ferry() {
  const manifests = { "ferry/web:1.6.0": '{"web":1}', "ferry/api:1.6.0": '{"api":1}' };
  const peer = await registry({ manifests, auth: "token" });
  const dir = repository();
  for (const name of ["Pulumi.yaml", file]) {
    const text = readFileSync(path.join(root, name), "utf8").replaceAll("registry.example.com", peer.host);
    writeFileSync(path.join(dir, name), text.replace(/(version: ).*(\n +commit)/, "$11.5.0$2"));
  }
  git(dir, ["add", "."]);
  git(dir, ["commit", "-q", "-m", "Sail"]);
  const run = async (args: string) => {
    const out: string[] = [];
    const err: string[] = [];
    const selector = {
      project: async () => ({ name: "ferry", dir, stacks: ["development"] }),
      ledger: async () => open(dir, { local: args.includes("--local") }),
    } as Partial<Selector> as Selector;
    const io = {
      cwd: dir,
      env,
      colors: picocolors.createColors(false),
      interactive: false,
      screen: undefined,
      out: (text: string) => void out.push(text),
      err: (text: string) => void err.push(text),
      ask: async () => "",
      onInterrupt: () => () => {},
      kill: () => {
        throw new Error("killed");
      },
    };
    const exitCode = await main(args.split(" "), io, async () => selector);
    return { exitCode, out: out.join("\n"), err: err.join("\n") };
  };
  return { dir, run, peer, read: () => readFileSync(path.join(dir, file), "utf8"), ledger: async () => (await open(dir)).read() };
}

describe("liftlock release create", () => {
  test("asks the registry, writes the ledger and the first environment's file, and leaves the rest of it alone", async () => {
    const { dir, run, peer, read, ledger } = await ferry();
    const before = read();
    const { exitCode, out, err } = await run(`release create 1.6.0 ${schema}`);
    expect([exitCode, err]).toEqual([0, expect.stringContaining("There is no tag v1.6.0")]);
    const { release: written, ...rest } = await configOf(dir);
    expect(written).toEqual({
      version: "1.6.0",
      commit: git(dir, ["rev-parse", "HEAD"]),
      schemaVersion: "20261120_more",
      images: {
        web: `${peer.host}/ferry/web:1.6.0@${digestOf('{"web":1}')}`,
        api: `${peer.host}/ferry/api:1.6.0@${digestOf('{"api":1}')}`,
      },
    });
    const outside = (text: string) => text.slice(0, text.indexOf("ferry:release"));
    expect(outside(read())).toBe(outside(before));
    expect(read()).toContain("# what a promotion changes");
    expect(rest).toEqual({ environment: expect.anything() });
    const { events, findings } = await ledger();
    expect(findings).toEqual([]);
    expect(events.map(({ what }) => what)).toEqual([
      { kind: "release", release: expect.objectContaining({ version: "1.6.0" }), commits: [expect.objectContaining({ subject: "Sail" })] },
    ]);
    expect(out).toMatch(/^1\.6\.0-[0-9a-f]{8}: made of [0-9a-f]{12}, 1 commit\n/);
    expect(git(dir, ["status", "--porcelain"])).toBe(`M ${file}`);
  });
  test("a second time changes nothing, and an older version is refused before anything is written", async () => {
    const { run, read, ledger } = await ferry();
    await run(`release create 1.6.0 ${schema}`);
    const before = [read(), (await ledger()).events.length];
    expect((await run(`release create 1.6.0 ${schema}`)).out).toMatch(/^1\.6\.0-[0-9a-f]{8}: was made before/);
    const refused = await run(`release create 1.4.0 ${schema}`);
    expect([refused.exitCode, refused.err]).toEqual([2, expect.stringContaining("not above 1.6.0")]);
    expect([read(), (await ledger()).events.length]).toEqual(before);
  });
  test("an image that is not there stops it before anything is written", async () => {
    const { run, read, ledger } = await ferry();
    const before = read();
    const { exitCode, err } = await run(`release create 1.7.0 ${schema}`);
    expect([exitCode, err]).toEqual([1, expect.stringMatching(/no images .*web:1\.7\.0 and .*api:1\.7\.0/)]);
    expect([read(), (await ledger()).events]).toEqual([before, []]);
  });
  test("in the local world no registry is asked, and that is said", async () => {
    const { run, peer } = await ferry();
    const { exitCode, err } = await run(`release create 1.7.0 ${schema} --local`);
    expect([exitCode, err]).toEqual([0, expect.stringContaining("no registry is asked")]);
    expect(peer.asked).toEqual([]);
  });
  test("with --json standard output is JSON", async () => {
    const { run } = await ferry();
    const { out } = await run(`release create 1.6.0 ${schema} --json`);
    expect(JSON.parse(out)).toMatchObject({ release: { version: "1.6.0" }, stack: "development", recorded: true });
  });
  test.each([
    ["release create", /Which version/],
    ["release creat 1.6.0", /it is create, list or show/],
  ])("%s is refused", async (args, message) => {
    const { run } = await ferry();
    expect(await run(args)).toMatchObject({ exitCode: 2, err: expect.stringMatching(message) });
  });
});

async function configOf(dir: string): Promise<Record<string, unknown>> {
  const { parse } = await import("yaml");
  await loadProject(dir); // still a project that the engine reads
  const { config } = parse(readFileSync(path.join(dir, file), "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("ferry:", ""), value]));
}

describe("liftlock release list and show", () => {
  test("tell what was made and where it runs", async () => {
    const { dir, run } = await ferry();
    expect((await run("release list")).out).toMatch(/No release was made yet/);
    await run(`release create 1.6.0 ${schema}`);
    const ledger = await open(dir);
    const made = (await ledger.read()).events[0]!.what;
    if (made.kind !== "release") throw new Error("no release");
    const at = "2026-11-21T12:00:00Z";
    await ledger.append(
      { kind: "deployment", stack: "development", release: made.release, result: "succeeded", startedAt: at, endedAt: at, engine: "e" },
      { kind: "deployment", stack: "staging", release: made.release, result: "succeeded", startedAt: at, endedAt: at, engine: "e" },
      { kind: "rollback", stack: "staging", from: made.release, to: release("1.5.0"), automatic: false, cause: "slow", class: "safe" },
    );
    expect((await run("release list")).out).toMatch(/\n1\.6\.0-[0-9a-f]{8} .* Ada .* development$/);
    expect(JSON.parse((await run("release list --json")).out)).toMatchObject([{ version: "1.6.0", commits: 1, runs: ["development"] }]);
    const { out } = await run("release show 1.6.0");
    expect(out).toContain("runs in: development");
    expect(out).toContain(made.release.images.web!);
    expect(out).toContain("Sail");
    expect(await run("release show 9.9.9")).toMatchObject({ exitCode: 1, err: expect.stringContaining("There are: 1.6.0.") });
  });
});
