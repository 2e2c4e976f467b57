import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { Temporal } from "temporal-polyfill";
import { expect, inject } from "vitest";
import { parseDocument } from "yaml";
import { standingGithub, stopGithub } from "../../../local/github/running.ts";
import { findWorld } from "../../../local/world.ts";
import type { HappeningOf, LedgerEvent } from "../../../ops/ledger/event.ts";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { keepValue } from "../../../ops/local/secret-values.ts";
import { chat, mailServer } from "../../notify/receivers.ts";
import { eventually } from "../setup.ts";
import { liftlock as command, type Ended, onContext } from "../support/command.ts";

const root = path.join(import.meta.dirname, "../../..");
const git = async (cwd: string, ...args: string[]) => (await execa("git", args, { cwd })).stdout;

/** Words of a command line, as the shell would split them. */
const words = (line: string): string[] => (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));

/**
 * One of the examples as its own team would have it: a copy in a repository of its own, in namespaces of its own, worked on with the
 * command itself. But for the namespaces and how long a pod must stay ready, the settings are those of the example.
 */
export class Example {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-example-"));
  readonly name: string;
  readonly #id = path.basename(this.dir).slice(-6).toLowerCase();
  #mail: Awaited<ReturnType<typeof mailServer>> | undefined;
  #chat: Awaited<ReturnType<typeof chat>> | undefined;
  /** Milliseconds by which the clock of the gates, and the program's own, is ahead. */
  #ahead = 0;

  private constructor(name: string) {
    this.name = name;
  }

  static async open(name: string): Promise<Example> {
    const example = new Example(name);
    await example.#copy();
    [example.#mail, example.#chat] = await Promise.all([mailServer(), chat(200)]);
    return example;
  }

  async #copy(): Promise<void> {
    const { dir } = this;
    cpSync(path.join(root, "examples", this.name), dir, { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
    mkdirSync(path.join(dir, "home"));
    this.#write("package.json", '{ "type": "module" }\n');
    this.#write(".gitignore", ".liftlock/\nnode_modules\nhome/\n");
    this.#write(
      "index.ts",
      `import { readFileSync } from "node:fs";
import { extend } from "./extend.ts";
import program from ${JSON.stringify(path.relative(dir, path.join(root, "index.ts")))};
const real = Date.now;
Date.now = () => real() + Number(readFileSync(new URL("home/ahead", import.meta.url), "utf8"));
export default () => program(extend);
`,
    );
    this.advance(0);
    this.edit("Pulumi.yaml", (file) => {
      for (const index of file.getIn(["config", "application", "value", "services"]).items.keys())
        file.setIn(["config", "application", "value", "services", index, "settle"], "1s");
    });
    await git(dir, "init", "-q", "-b", "main");
    await git(dir, "config", "user.name", "Ada");
    await git(dir, "config", "user.email", "ada@example.com");
    const commit = await this.commit("The program");
    for (const stack of this.stacks)
      this.edit(`Pulumi.${stack}.yaml`, (file) => {
        const namespace = ["config", `${this.name}:environment`, "namespace"];
        file.setIn(namespace, `${file.getIn(namespace)}-${this.#id}`);
        file.setIn(["config", `${this.name}:release`, "commit"], commit);
      });
    // Gateways are the cluster's, which all tests share: tests/cluster/azure has them.
    this.edit("Pulumi.platform.yaml", (file) => void file.deleteIn(["config", `${this.name}:platform`, "gateway"]));
    await this.commit("Its first release");
  }

  /** The environments, in no order. */
  get stacks(): string[] {
    const all = readdirSync(this.dir).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    return all.filter((stack) => stack !== "platform");
  }
  #write(file: string, text: string): void {
    writeFileSync(path.join(this.dir, file), text);
  }
  read(stack: string): string {
    return readFileSync(path.join(this.dir, `Pulumi.${stack}.yaml`), "utf8");
  }
  // biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
  edit(file: string, change: (document: any) => void): void {
    const document = parseDocument(readFileSync(path.join(this.dir, file), "utf8"));
    change(document);
    this.#write(file, document.toString({ lineWidth: 0 }));
  }
  /** Sets one value of an environment. */
  set(stack: string, key: readonly string[], value: unknown): void {
    this.edit(`Pulumi.${stack}.yaml`, (file) => file.setIn(["config", `${this.name}:environment`, ...key], value));
  }
  /** A commit of everything as it is; with `parent`, one of another line that the branch does not move to. */
  async commit(message: string, parent?: string): Promise<string> {
    if (parent !== undefined) return git(this.dir, "commit-tree", `${parent}^{tree}`, "-p", parent, "-m", message);
    await git(this.dir, "add", "-A");
    await git(this.dir, "commit", "-q", "--allow-empty", "-m", message);
    return git(this.dir, "rev-parse", "HEAD");
  }

  /** Time passes for the gates and for the program; the cluster's clock, and the ledger's, stay. */
  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
    this.#write("home/ahead", String(this.#ahead));
  }
  set now(moment: Date) {
    this.#ahead = 0;
    this.advance(moment.getTime() - Date.now());
  }
  get now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  /** Runs a command line as a person would, but for the terminal. */
  liftlock(line: string): Promise<Ended> {
    const env = {
      ...process.env,
      KUBECONFIG: inject("controlPlane").kubeconfig,
      HOME: path.join(this.dir, "home"),
      SMTP_URL: this.#mail!.url(),
      SLACK_WEBHOOK_URL: `${this.#chat!.url}/slack`,
      DISCORD_WEBHOOK_URL: `${this.#chat!.url}/discord`,
    };
    return command([...words(line), ...onContext(this.config.getCurrentContext())], { cwd: this.dir, env, now: () => this.now });
  }
  /** Each of these is done; what the last one printed. */
  async done(...lines: string[]): Promise<string> {
    let out = "";
    for (const line of lines) {
      const ended = await this.liftlock(line);
      expect(ended.exitCode, `${line}\n${ended.out}\n${ended.err}`).toBe(0);
      out = ended.out;
    }
    return out;
  }
  /** It ends with 1 (or `exitCode`); all that it printed. */
  async refused(line: string, exitCode = 1): Promise<string> {
    const ended = await this.liftlock(line);
    const said = `${ended.out}\n${ended.err}`;
    expect(ended.exitCode, `${line}\n${said}`).toBe(exitCode);
    return said;
  }
  /** Names of the closed gates, in the order in which `why` tells them. */
  async closed(stack: string): Promise<string[]> {
    const { verdicts } = JSON.parse((await this.liftlock(`why ${stack} --json`)).out) as {
      verdicts: { gate: string; subject?: string; open: boolean }[];
    };
    return verdicts.flatMap(({ gate, subject, open }) => (open ? [] : [subject === undefined ? gate : `${gate} ${subject}`]));
  }
  /** What the checklist after a deployment still asks for. */
  async toCheck(stack: string): Promise<string[]> {
    const { checklist } = JSON.parse((await this.liftlock(`status ${stack} --json`)).out)[0] as { checklist: { subject: string }[] };
    return checklist.map(({ subject }) => subject);
  }
  async red(stack: string): Promise<string[]> {
    return JSON.parse((await this.liftlock(`status ${stack} --json`)).out)[0].red;
  }
  async entries<K extends LedgerEvent["what"]["kind"]>(kind: K): Promise<HappeningOf<K>[]> {
    const { events } = await (await openLedger({ projectDir: this.dir, local: true })).read();
    return events.flatMap(({ what }) => (what.kind === kind ? [what as HappeningOf<K>] : []));
  }
  /** What was written to one address. */
  mailTo(address: string): string[] {
    return this.#mail!.received.filter(({ to }) => to.includes(address)).map(({ text }) => text);
  }

  /** What was said in one of the chats. */
  chatOf(name: "slack" | "discord"): string[] {
    return this.#chat!.received.filter(({ path: at }) => at.includes(`/${name}`)).map(({ body }) => JSON.stringify(body));
  }

  get config(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(inject("controlPlane").kubeconfig);
    return config;
  }
  namespace(stack: string): string {
    return parseDocument(this.read(stack)).getIn(["config", `${this.name}:environment`, "namespace"]) as string;
  }
  async image(stack: string, name: string): Promise<string | undefined> {
    const apps = this.config.makeApiClient(AppsV1Api);
    const about = { namespace: this.namespace(stack), name };
    const found = await apps.readNamespacedDeployment(about).catch(() => apps.readNamespacedStatefulSet(about));
    return found.spec?.template?.spec?.containers[0]?.image;
  }

  /** Another value for a secret, as `secret rotate` keeps it: the next update has it. */
  rotate(stack: string, key: string, value: string): Promise<void> {
    return keepValue(this.dir, this.name, stack, key, value);
  }
  /** What a service's pods find in a file of one of its sets of secrets. */
  async secretOf(stack: string, service: string, set: string, key: string): Promise<string> {
    const namespace = this.namespace(stack);
    const { spec } = await this.config.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name: service });
    const volume = spec!.template.spec!.volumes!.find(({ name }) => name === `secret-${set}`);
    const { data } = await this.config.makeApiClient(CoreV1Api).readNamespacedSecret({ namespace, name: volume!.secret!.secretName! });
    return Buffer.from(data![key]!, "base64").toString();
  }

  /** Somebody's hand: changes the Service of a running service behind the declaration's back; `drift` finds it and puts it back. */
  async meddle(stack: string, name: string): Promise<void> {
    const body = [{ op: "replace", path: "/spec/sessionAffinity", value: "ClientIP" }];
    await this.done(`drift ${stack}`);
    await this.config.makeApiClient(CoreV1Api).patchNamespacedService({ namespace: this.namespace(stack), name, body });
    expect(await this.refused(`drift ${stack}`, 3)).toMatch(new RegExp(`Service ${this.namespace(stack)}/${name}[\\s\\S]*sessionAffinity`));
    await this.done(`drift ${stack} --fix --yes`, `drift ${stack}`, `up ${stack} --expect-no-changes`);
  }

  /** Somebody's hand on GitHub: a request of an administrator, to the team's repository; what GitHub answers. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer of GitHub's
  async onGithub(method: string, at: string, body?: object): Promise<any> {
    const { repository } = parseDocument(readFileSync(path.join(this.dir, "Pulumi.yaml"), "utf8")).toJS().config.application.value;
    const { owner, name, plan, visibility, ownerKind = "organization", defaultBranch = "main" } = repository;
    const wanted = { owner, ownerKind, plan, repository: name, visibility, defaultBranch, teams: [], users: [] };
    const { url, token } = await standingGithub(findWorld(this.dir).githubDir, wanted);
    const response = await fetch(`${url}/api/v3/repos/${owner}/${name}${at}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${at}: ${response.status} ${text}`).toBe(true);
    return text === "" ? undefined : JSON.parse(text);
  }

  /**
   * After a hotfix in `stack`: a release of a commit from before it, brought to the environment before, makes that red and is refused in `stack`;
   * once the fix is merged, the next one is red no more, and the gate is open. `release`: creates one, of `--commit`; `bring`: takes it there.
   */
  async isRedUntilPorted(stack: string, { lost, ported, bring }: { lost: string; ported: string; bring: string[] }): Promise<void> {
    const without = await this.commit("feat: of before the fix", "HEAD~1");
    await this.done(`release create ${lost} --commit ${without}`, ...bring);
    expect(await this.red(stack)).toEqual([expect.stringMatching(/^hotfix .*: port it back to /)]);
    expect(await this.closed(stack)).toContain("hotfix");
    await this.commit("Merge the fix");
    await this.done(`release create ${ported}`, ...bring);
    expect(await this.red(stack)).toEqual([]);
    expect(await this.closed(stack)).not.toContain("hotfix");
  }

  /**
   * What is protected is let go on purpose: refused as it is, then protection taken away in its file, brought up, and destroyed. Nothing is left
   * in state, on GitHub and in the cluster. What the command printed.
   */
  async letGo(stack: string, kept: readonly string[] = []): Promise<string> {
    expect(await this.refused(`destroy ${stack} --yes`)).toContain("it holds what is protected");
    const environments = async (): Promise<string[]> =>
      (await this.onGithub("GET", "/environments")).environments.map(({ name }: { name: string }) => name);
    expect(await environments()).toContain(stack);
    this.set(stack, ["protect"], false);
    await this.done(`up ${stack}`);
    const said = await this.done(`destroy ${stack} --yes`);
    await this.gone(stack, kept);
    expect(await environments()).not.toContain(stack);
    expect(await this.done(`destroy ${stack} --yes`)).toContain("holds nothing");
    return said;
  }

  /** Nothing of the environment is left in the cluster, but for volumes that are `kept`. */
  async gone(stack: string, kept: readonly string[] = []): Promise<void> {
    const core = this.config.makeApiClient(CoreV1Api);
    const name = this.namespace(stack);
    await eventually(`${name} is gone`, async () =>
      core.readNamespace({ name }).then(
        () => undefined,
        ({ code }) => (code === 404 ? true : undefined),
      ),
    );
    await eventually(`of ${name} only ${kept.length} volumes are left`, async () => {
      const { items } = await core.listPersistentVolume();
      const left = items.flatMap(({ spec }) => (spec?.claimRef?.namespace === name ? [spec.claimRef.name!] : []));
      return left.sort().join() === [...kept].sort().join() ? true : undefined;
    });
  }

  async remove(): Promise<void> {
    const core = this.config.makeApiClient(CoreV1Api);
    for (const stack of this.stacks) await core.deleteNamespace({ name: this.namespace(stack) }).catch(() => {});
    await this.#mail?.close();
    this.#chat?.close();
    await stopGithub(findWorld(this.dir).githubDir);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The next moment that is this time of day on one of these days, by the clocks of a place. */
export function nextAt(days: readonly string[], time: string, timeZone: string): Date {
  const [hours, minutes] = time.split(":").map(Number);
  const now = Temporal.Now.zonedDateTimeISO(timeZone);
  for (let ahead = 0; ahead <= 7; ahead++) {
    const at = now.add({ days: ahead }).withPlainTime({ hour: hours!, minute: minutes! });
    if (days.includes(DAYS[at.dayOfWeek % 7]!) && Temporal.ZonedDateTime.compare(at, now) > 0) return new Date(at.epochMilliseconds);
  }
  throw new Error(`never ${days.join(", ")} at ${time}`);
}
