import { readFileSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Project, release } from "./project.ts";

/** A release moves up, is taken back, rehearsed and watched. Each test goes on from where the one before left it. */
let project: Project;
beforeAll(async () => {
  project = await new Project().init();
});
afterAll(() => project.remove());

const next = release("1.1.0");
const nameOf = (stack: string) => parse(project.readStackFile(stack)).config["shop:release"].version;

describe("a release moves from one environment to the next", () => {
  test("both environments run 1.0.0; then the lower one takes 1.1.0 with other configuration", async () => {
    for (const stack of project.stacks) expect(await project.liftlock(`up ${stack}`)).toMatchObject({ exitCode: 0, err: "" });
    project.write("lower", next, { level: "debug" });
    expect((await project.liftlock("up lower")).exitCode).toBe(0);
  });

  test("a release that nobody upstream ran is refused, with what is missing, and nothing changes", async () => {
    const before = project.readStackFile("lower");
    const { exitCode, err } = await project.liftlock("promote upper lower --yes");
    expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining("Releases move up the path") });
    expect(project.readStackFile("lower")).toBe(before);
  });

  test("--dry-run tells gates, the way back and the changes, and changes nothing", async () => {
    const before = project.readStackFile("upper");
    const { exitCode, out, err } = await project.liftlock("promote lower upper --dry-run");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/1\.1\.0-[0-9a-f]{8}: lower -> upper \(there now: 1\.0\.0-/);
    expect(out).toMatch(/open {4}upstream lower/);
    expect(out).toMatch(/way back to 1\.0\.0-[0-9a-f]{8}: safe, put back by itself if it fails/);
    expect(out).toContain("migrations: none");
    expect(out).toMatch(/upper would change: .*updated/);
    expect(project.readStackFile("upper")).toBe(before);
    expect(await project.entries("promotion")).toEqual([]);
  });

  test("without a terminal and without --yes nothing is changed", async () => {
    const { exitCode, err } = await project.liftlock("promote lower upper");
    expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining("add --yes") });
    expect(nameOf("upper")).toBe("1.0.0");
  });

  test("a closed gate: every unmet one with its reason, exit code 1, for programs too", async () => {
    const file = `${project.dir}/Pulumi.yaml`;
    const text = readFileSync(file, "utf8");
    project.writeApplication({
      promotion: { path: [...project.stacks], gates: { upper: { soak: "72h", checks: [{ name: "load-test" }] } } },
    });
    const people = await project.liftlock("promote lower upper --yes");
    const { exitCode, out } = await project.liftlock("promote lower upper --yes --json");
    // The stack file is no way around them.
    const own = project.readStackFile("upper");
    project.write("upper", next);
    const past = await project.liftlock("up upper");
    const forPrograms = await project.liftlock("up upper --json");
    writeFileSync(project.stackFile("upper"), own.replace("LEVEL: info", "LEVEL: debug"));
    const configuration = await project.liftlock("up upper");
    writeFileSync(project.stackFile("upper"), own);
    const back = await project.liftlock("up upper");
    writeFileSync(file, text);
    expect({ exitCode: past.exitCode, err: past.err }).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(
        /upper runs 1\.0\.0-\w+ and does not take 1\.1\.0-\w+: 2 of \d+ gates are closed\. Nothing was changed\.\n {2}closed {2}soak/,
      ),
    });
    expect(past.err).toContain("liftlock why upper");
    expect(forPrograms.exitCode).toBe(1);
    expect(JSON.parse(forPrograms.out)).toMatchObject({ stack: "upper", open: false, release: { version: "1.1.0" } });
    expect(await project.image("upper", "api")).toBe(release("1.0.0").images.api);
    expect([configuration, back].map(({ exitCode: code, err }) => ({ code, err }))).toEqual([
      { code: 0, err: "" },
      { code: 0, err: "" },
    ]);
    expect(people.exitCode).toBe(1);
    expect(people.err).toMatch(/2 of \d+ gates are closed\. Nothing was changed\./);
    expect(people.out).toMatch(/closed {2}soak lower: .*\(opens by itself at /);
    expect(exitCode).toBe(1);
    const plan = JSON.parse(out) as { open: boolean; gates: { gate: string; open: boolean }[] };
    expect(plan.open).toBe(false);
    expect(plan.gates.filter(({ open }) => !open).map(({ gate }) => gate)).toEqual(["soak", "check"]);
    expect(nameOf("upper")).toBe("1.0.0");
  });

  test("promoted: only the release of the stack file changes, the ledger and the cluster say the same", async () => {
    const before = project.readStackFile("upper");
    const { exitCode, out, err } = await project.liftlock("promote lower upper --yes");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("that is the promotion");
    const after = project.readStackFile("upper");
    expect(after.replaceAll("1.1.0", "1.0.0").replaceAll("110a", "100a")).toBe(before);
    expect(await project.image("upper", "api")).toBe(next.images.api);
    expect(await project.entries("promotion")).toEqual([
      expect.objectContaining({ from: "lower", to: "upper", lane: "normal", release: expect.objectContaining({ version: "1.1.0" }) }),
    ]);
    expect((await project.liftlock("up upper --expect-no-changes")).exitCode).toBe(0);
    const again = await project.liftlock("promote lower upper --yes");
    expect({ exitCode: again.exitCode, out: again.out }).toMatchObject({ exitCode: 0, out: expect.stringContaining("nothing to promote") });
    expect(project.readStackFile("upper")).toBe(after);
    expect((await project.entries("promotion")).length).toBe(1);
  });

  test("rolled back by command: images and configuration of then, the file says so, the bad release is held", async () => {
    project.write("upper", release("1.2.0"), { level: "debug" });
    // What upstream never ran, the program itself refuses.
    const refused = await project.liftlock("up upper");
    expect({ exitCode: refused.exitCode, err: refused.err }).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/1\.2\.0.*lower|lower.*1\.2\.0/s),
    });
    project.write("lower", release("1.2.0"));
    expect((await project.liftlock("up lower")).exitCode).toBe(0);
    expect((await project.liftlock("up upper")).exitCode).toBe(0);

    const { exitCode, out, err } = await project.liftlock("rollback upper --yes --reason slow");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("environment.config.api.LEVEL: debug -> info");
    expect(nameOf("upper")).toBe("1.1.0");
    expect(project.readStackFile("upper")).toContain("LEVEL: info");
    expect(await project.image("upper", "api")).toBe(next.images.api);
    expect(await project.entries("rollback")).toEqual([
      expect.objectContaining({
        stack: "upper",
        automatic: false,
        cause: "slow",
        class: "config-coupled",
        secondsToRestore: expect.any(Number),
      }),
    ]);
    expect((await project.liftlock("up upper --expect-no-changes")).exitCode).toBe(0);

    const again = await project.liftlock("promote lower upper --yes");
    expect(again.exitCode).toBe(1);
    expect(again.out).toMatch(/closed {2}hold/);
    project.write("upper", release("1.2.0"));
    const held = await project.liftlock("up upper");
    expect({ exitCode: held.exitCode, err: held.err }).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining("is held back from upper"),
    });
    expect(await project.image("upper", "api")).toBe(next.images.api);
    expect((await project.liftlock("rollback upper --yes")).exitCode).toBe(0);
    expect(nameOf("upper")).toBe("1.1.0");
  });

  test("a named release; one that never ran; secrets of then", async () => {
    const { exitCode } = await project.liftlock("rollback upper --to 1.0.0 --yes");
    expect(exitCode).toBe(0);
    expect(await project.image("upper", "api")).toBe(release("1.0.0").images.api);
    const never = await project.liftlock("rollback upper --to 9.9.9 --yes");
    expect({ exitCode: never.exitCode, err: never.err }).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/No release "9\.9\.9" was deployed here\. Deployed here: /),
    });
    const secrets = await project.liftlock("rollback upper --with-secrets --yes");
    expect({ exitCode: secrets.exitCode, err: secrets.err }).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("Secrets stay as they are now"),
    });
  });

  test("a freeze stops a promotion; a rollback and a hotfix with its own, shorter gates pass", async () => {
    // The upper environment is at 1.0.0 by now, the lower one at 1.2.0, which is held above.
    project.write("lower", release("1.2.1"));
    expect((await project.liftlock("up lower")).exitCode).toBe(0);
    const file = `${project.dir}/Pulumi.yaml`;
    const text = readFileSync(file, "utf8");
    project.writeApplication({ promotion: { path: [...project.stacks], gates: { upper: { soak: "72h", hotfix: { soak: "1s" } } } } });
    expect((await project.liftlock("freeze upper --reason exams")).exitCode).toBe(0);
    const normal = await project.liftlock("promote lower upper --yes");
    expect({ exitCode: normal.exitCode, out: normal.out }).toMatchObject({ exitCode: 1, out: expect.stringMatching(/closed {2}freeze/) });
    expect(await project.liftlock("hotfix upper --yes")).toMatchObject({ exitCode: 2, err: expect.stringContaining("--reason") });
    const alone = await project.liftlock("hotfix upper --yes --reason login-broken");
    expect({ exitCode: alone.exitCode, out: alone.out }).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining("approval of a second person"),
    });
    await execa("git", ["config", "user.email", "bea@example.com"], { cwd: project.dir });
    expect((await project.liftlock("approve upper")).exitCode).toBe(0);
    await execa("git", ["config", "user.email", "ada@example.com"], { cwd: project.dir });
    const soak = async () => (await project.liftlock("hotfix upper --dry-run --reason login-broken")).out;
    await expect.poll(soak, { timeout: 20_000 }).toMatch(/open {4}soak lower/);
    const hotfix = await project.liftlock("hotfix upper --yes --reason login-broken");
    const closed = hotfix.out.split("\n").filter((line) => line.includes("closed  "));
    expect({ exitCode: hotfix.exitCode, err: hotfix.err, closed }).toEqual({ exitCode: 0, err: "", closed: [] });
    expect(await project.image("upper", "api")).toBe(release("1.2.1").images.api);
    expect(await project.entries("hotfix")).toEqual([expect.objectContaining({ stack: "upper", reason: "login-broken" })]);
    expect((await project.entries("promotion")).at(-1)).toMatchObject({ lane: "hotfix", release: { version: "1.2.1" } });
    expect((await project.liftlock("rollback upper --yes")).exitCode).toBe(0);
    expect(await project.image("upper", "api")).toBe(release("1.0.0").images.api);
    writeFileSync(file, text);
    project.write("lower", release("1.2.0"));
    expect((await project.liftlock("up lower")).exitCode).toBe(0);
  });

  test("rehearsed in the lower environment, refused in the last", async () => {
    const { exitCode, out, err } = await project.liftlock("rehearse lower");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/rehearsed: back at 1\.2\.1-/);
    expect(await project.entries("rehearsal")).toEqual([expect.objectContaining({ stack: "lower", result: "passed" })]);
    expect(await project.image("lower", "api")).toBe(release("1.2.0").images.api);
    expect((await project.liftlock("up lower --expect-no-changes")).exitCode).toBe(0);
    expect(await project.liftlock("rehearse upper")).toMatchObject({ exitCode: 2, err: expect.stringContaining("last environment") });
  });

  test("pinned to a preview: refuses when the program, the release or the state moved, and says which", async () => {
    const pinned = async () => (await project.liftlock("up lower --pinned")).err;
    expect(await pinned()).toContain("No preview of lower is recorded");
    const preview = async () => expect((await project.liftlock("preview lower")).exitCode).toBe(0);
    await preview();
    expect((await project.liftlock("up lower --pinned")).exitCode).toBe(0);
    await preview();
    project.write("lower", release("1.2.0"), { level: "warn" });
    expect(await pinned()).toMatch(/the program or its settings/);
    // Also without the flag, as long as nobody has acted on the preview, unless somebody says so.
    expect((await project.liftlock("up lower")).err).toMatch(/is not what was previewed.*the program or its settings.*--no-pinned/s);
    await preview();
    expect((await project.liftlock("up lower")).exitCode).toBe(0);
    expect(await pinned()).toMatch(/^error: lower is not what was previewed.*\n {2}the state \(somebody ran up/);
    project.write("lower", release("1.3.0"), { level: "warn" });
    expect(await pinned()).toMatch(/the release: 1\.2\.0-/);
  });
});
