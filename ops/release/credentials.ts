import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { UserError } from "../user-error.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What of Docker's config.json says how to log in. */
const DockerConfig = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() })).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

/** Docker Hub is known under several names, and logged in to under the oldest. */
const HUB = ["docker.io", "index.docker.io", "registry-1.docker.io"];
const HUB_KEY = "https://index.docker.io/v1/";

/** With a token in place of a password, Azure's registry takes this user name. */
const TOKEN_USER = "00000000-0000-0000-0000-000000000000";

const hostOf = (key: string): string => {
  const host = key.replace(/^https?:\/\//, "").split("/")[0]!;
  return HUB.includes(host) ? "docker.io" : host;
};

/** The credentials that `docker login` keeps for a registry; `undefined` asks without any. */
export async function findCredentials(
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const file = path.join(env.DOCKER_CONFIG ?? path.join(env.HOME ?? homedir(), ".docker"), "config.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const config = DockerConfig.safeParse(jsonIn(text));
  if (!config.success) throw new UserError(`${file} is no Docker configuration. Log in again: docker login ${registry}`);
  const { auths, credHelpers, credsStore } = config.data;
  const host = hostOf(registry);
  const own = (record: Readonly<Record<string, string>>) => Object.entries(record).find(([key]) => hostOf(key) === host)?.[1];
  const helper = own(credHelpers) ?? credsStore;
  if (helper !== undefined) {
    const found = await askHelper(helper, host === "docker.io" ? HUB_KEY : registry, env);
    if (found !== undefined) return found;
  }
  const entry = Object.entries(auths).find(([key]) => hostOf(key) === host)?.[1];
  if (entry?.auth === undefined) return undefined;
  const [username, ...rest] = Buffer.from(entry.auth, "base64").toString("utf8").split(":");
  if (entry.identitytoken !== undefined) return { username: TOKEN_USER, password: entry.identitytoken };
  return { username: username!, password: rest.join(":").replace(/\0+$/, "") };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const Answer = z.object({ Username: z.string(), Secret: z.string() });

/** Docker's protocol for credential helpers: the server's name in, JSON out. One that is missing or knows nothing is as none. */
function askHelper(helper: string, server: string, env: Readonly<Record<string, string | undefined>>): Promise<Credentials | undefined> {
  return new Promise((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ["get"], {
      env: env as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "ignore"],
      timeout: 20_000,
    });
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stdin.on("error", () => {});
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => {
      const answer = Answer.safeParse(jsonIn(Buffer.concat(out).toString("utf8")));
      if (code !== 0 || !answer.success) return resolve(undefined);
      const { Username, Secret } = answer.data;
      resolve({ username: Username === "<token>" ? TOKEN_USER : Username, password: Secret });
    });
    child.stdin.end(server);
  });
}
