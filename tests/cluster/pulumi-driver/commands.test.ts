import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Release, release } from "../promotion/project.ts";
import type { Ended } from "../support/command.ts";
import { CliProject } from "./cli-project.ts";

/** Everything beyond `up` under the real driver, on one pair of environments. Each test goes on from where the one before left it. */
let project: CliProject;
/** The images' registry, on loopback; what it no longer has. */
const gone = new Set<string>();
const asked: string[] = [];
const server = createServer(({ url = "" }, response) => {
  const [, repository, digest] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url) ?? [];
  asked.push(url);
  const text = [...manifests.values()].find((manifest) => digestOf(manifest) === digest);
  if (repository === undefined || text === undefined || gone.has(text)) return void response.writeHead(404).end("{}");
  response.writeHead(200, { "content-type": "application/vnd.oci.image.index.v1+json", "docker-content-digest": digest! }).end(text);
});
const manifests = new Map<string, string>();
const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A release whose images the registry on loopback has. */
function here(version: string): Release {
  const plain = release(version);
  const images = Object.keys(plain.images).map((service) => {
    const text = JSON.stringify({ schemaVersion: 2, manifests: [], service, version });
    manifests.set(`${service}:${version}`, text);
    return [service, `${host()}/shop/${service}:${version}@${digestOf(text)}`] as const;
  });
  return { ...plain, images: Object.fromEntries(images) };
}
const ran = (stack: string) => parse(project.readStackFile(stack)).config["shop:release"].version;
async function done(args: string): Promise<Ended> {
  const ended = await project.liftlock(args);
  expect({ args, exitCode: ended.exitCode, err: ended.err }).toMatchObject({ exitCode: 0, err: expect.not.stringContaining("error:") });
  return ended;
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project = new CliProject();
  await project.init();
  const file = path.join(project.dir, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("registry.example.com/shop/", `${host()}/shop/`));
  for (const stack of project.stacks) {
    project.write(stack, here("1.0.0"));
    await project.initStack(stack);
  }
});
afterAll(async () => {
  await project.remove();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("promote: a release moves up by the CLI, the ledger and the cluster say the same", async () => {
  await done("up lower");
  await done("up upper");
  project.write("lower", here("1.1.0"));
  await done("up lower");
  await done("promote lower upper --yes");
  expect(ran("upper")).toBe("1.1.0");
  expect(await project.image("upper", "api")).toBe(here("1.1.0").images.api);
  expect(await project.entries("promotion")).toEqual([expect.objectContaining({ from: "lower", to: "upper", lane: "normal" })]);
});

test("rollback: an image that the registry no longer has is named before anything changes; otherwise the release before is back", async () => {
  gone.add(manifests.get("api:1.0.0")!);
  const refused = await project.liftlock("rollback upper --yes --reason slow");
  expect({ exitCode: refused.exitCode, err: refused.err }).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining(`the registry no longer has ${here("1.0.0").images.api}. Nothing was changed.`),
  });
  expect(ran("upper")).toBe("1.1.0");
  gone.clear();
  await done("rollback upper --yes --reason slow");
  expect(asked).not.toEqual([]);
  expect(ran("upper")).toBe("1.0.0");
  expect(await project.image("upper", "api")).toBe(here("1.0.0").images.api);
  expect(await project.entries("rollback")).toEqual([expect.objectContaining({ stack: "upper", automatic: false, cause: "slow" })]);
});

test("hotfix: asks for a second person, and goes through with one", async () => {
  project.write("lower", here("1.1.1"));
  await done("up lower");
  const alone = await project.liftlock("hotfix upper --yes --reason login-broken");
  expect({ exitCode: alone.exitCode, out: alone.out }).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining("approval of a second person"),
  });
  await execa("git", ["config", "user.email", "bea@example.com"], { cwd: project.dir });
  await done("approve upper");
  await execa("git", ["config", "user.email", "ada@example.com"], { cwd: project.dir });
  await done("hotfix upper --yes --reason login-broken");
  expect(await project.image("upper", "api")).toBe(here("1.1.1").images.api);
});

test("rehearse and watch: back, forward again, and looked after, by what the ledger says too", async () => {
  await done("rehearse lower");
  expect(await project.image("lower", "api")).toBe(here("1.1.1").images.api);
  await done("watch lower --minutes 0.02");
  expect(await project.entries("watch")).toEqual([expect.objectContaining({ stack: "lower", result: "passed" })]);
});

test("report: one page of both environments", async () => {
  await done("report --out report.html");
  const page = readFileSync(path.join(project.dir, "report.html"), "utf8");
  for (const word of ["lower", "upper", "1.1.1"]) expect(page).toContain(word);
});
