import { hostname } from "node:os";
import type { LockOwner } from "../engine.ts";
import { isAlive } from "../process-alive.ts";
import { called, NoStateError, UserError } from "../user-error.ts";
import { CliFailure } from "./cli.ts";

export interface Place {
  readonly stack: string;
  readonly projectDir: string;
  /** The backend's address without credentials. */
  readonly backend: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who holds a lock, where the CLI was refused by one and did not say whose: two that began at the same moment hinder each other so. */
  readonly owners?: readonly LockOwner[];
}

const LOCKED = /the stack is currently locked by|Another update is currently in progress/;

/** Was the CLI refused because somebody else is at work on the stack? */
export const isLocked = ({ stderr, stdout }: CliFailure): boolean => LOCKED.test(`${stderr}\n${stdout}`);

/** What the CLI said, in our words and with its own reason. Errors that are none of the CLI's pass through. */
export function explain(error: unknown, place: Place): unknown {
  if (!(error instanceof CliFailure)) return error;
  const { stack, projectDir, backend } = place;
  const reason = reasonOf(error, place.env);
  const text = scrubbed(`${error.stderr}\n${error.stdout}`, place.env);
  if (/no stack named .* found/.test(text)) return new NoSuchStack(stack, projectDir, backend);
  if (LOCKED.test(text)) return locked(place, text, reason);
  if (/passphrase must be set/.test(text)) {
    return new UserError(
      `The secrets of ${stack} are kept under a passphrase, and there is none: set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE.\n  pulumi: ${reason}`,
    );
  }
  if (/incorrect passphrase/.test(text)) {
    return new UserError(`The passphrase does not open the secrets of ${stack}: use the one they were made with.\n  pulumi: ${reason}`);
  }
  if (/PULUMI_ACCESS_TOKEN must be set|invalid access token|not logged in|must be logged in|run `?pulumi login/i.test(text)) {
    return new UserError(
      `The Pulumi CLI is not logged in to where the state of ${stack} is kept (${backend}): run \`pulumi login\`, or set PULUMI_BACKEND_URL (and PULUMI_ACCESS_TOKEN for Pulumi Cloud).\n  pulumi: ${reason}`,
    );
  }
  if (
    /unable to open bucket|could not list bucket|error listing stacks|dial tcp|no such host|connection refused|AccessDenied|NoCredentialProviders|failed to refresh cached credentials/i.test(
      text,
    )
  ) {
    return new UserError(
      `The backend that keeps the state of ${stack} cannot be used (${backend}): check its address and your credentials for it.\n  pulumi: ${reason}`,
    );
  }
  return new UserError(`pulumi ${error.args[0]} of ${stack} failed: ${reason}`);
}

export class NoSuchStack extends NoStateError {
  constructor(stack: string, projectDir: string, backend: string) {
    super(
      `Stack ${stack} does not exist in ${backend}. A stack is made once, and never by accident:\n  pulumi stack init ${stack} --cwd ${projectDir}\nthen run this again.`,
    );
  }
}

const OWNER = /created by (.+?)@(\S+) \(pid (\d+)\) at (\S+)/g;

function locked({ stack, owners: found = [] }: Place, text: string, reason: string): UserError {
  const told = [...text.matchAll(OWNER)].map(([, user, host, pid, since]) => [user, host, pid, since]);
  const known = told.length > 0 ? told : found.map(({ username, hostname: host, pid, timestamp }) => [username, host, pid, timestamp]);
  const owners = known.map(([user, host, pid, since]) => ({
    line: `  ${user}@${host} (pid ${pid}) since ${since}: ${stateOf(String(host), Number(pid))}`,
    dead: stateOf(String(host), Number(pid)) === GONE,
  }));
  const lines = owners.length > 0 ? owners.map(({ line }) => line) : [`  pulumi: ${reason}`];
  const remedy =
    owners.length > 0 && owners.every(({ dead }) => dead)
      ? `Nothing is at work on it. Take the lock away with \`${called()} cancel ${stack}\`, then run \`${called()} up ${stack}\`: it looks at what was under way.`
      : `Wait for it to end. If you are sure that it is stuck: \`${called()} cancel ${stack}\`.`;
  return new UserError([`Stack ${stack} is locked:`, ...lines, remedy].join("\n"));
}

const GONE = "no longer running";
const stateOf = (host: string, pid: number): string => {
  const alive = isAlive(host, pid, hostname());
  return alive === undefined ? "on another machine" : alive ? "still running" : GONE;
};

/** The CLI's own `error:` lines; failing that, the last thing that it said. */
export function reasonOf({ stderr, stdout, code }: CliFailure, env: Place["env"]): string {
  const lines = scrubbed(stderr.trim() === "" ? stdout : stderr, env)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(warning|info):/.test(line));
  const errors = lines.flatMap((line) => /^error: (.+)/.exec(line)?.[1] ?? []);
  const said = errors.length > 0 ? errors.slice(0, 5).join("; ") : lines.slice(-3).join("; ");
  return said === "" ? `it ended with ${code} and said nothing` : said.slice(0, 1000);
}

const SECRET_NAME = /PASSPHRASE$|TOKEN|SECRET|PASSWORD|CREDENTIALS|_KEY$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal begin with one.
const COLOUR = /\u001b\[[0-9;]*m/g;

/** Without colours, and without what the environment holds that nobody may see. */
export function scrubbed(text: string, env: Place["env"]): string {
  let clean = text
    .replace(COLOUR, "")
    .replace(/(\w+:\/\/)[^\s/@]+@/g, "$1[secret]@")
    .replace(/\bpul-[0-9a-f]{16,}\b/g, "[secret]");
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_NAME.test(name) && value !== undefined && value.length >= 6) clean = clean.replaceAll(value, "[secret]");
  }
  return clean;
}
