import { readFileSync } from "node:fs";
import path from "node:path";
import { EnvironmentSettings } from "../../components/environment.schema.ts";
import type { NotificationSettings, Receiver } from "../../components/notifications.schema.ts";
import type { Ledger, LedgerEvent } from "../ledger/event.ts";
import { readValue } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import type { ProjectSummary } from "../selector.ts";
import type { Io } from "../terminal/io.ts";
import { type About, messageFor } from "./notice.ts";
import { type Patience, send } from "./send.ts";

/**
 * Tells a project's receivers what was recorded. Returns one line for each that was not told, without its address: whoever knows a
 * webhook's address can write to it. Never throws: a deployment does not fail because a chat is down.
 */
export async function notify(
  project: ProjectSummary,
  ledger: Ledger,
  events: readonly LedgerEvent[],
  { env, local, patience }: { env: Io["env"]; local: boolean; patience?: Patience },
): Promise<string[]> {
  try {
    const application = readApplication(project);
    const { notifications, promotion } = application;
    if (notifications.receivers.length === 0) return [];
    const about = await gatherAbout(project, ledger, notifications, promotion);
    const told = await Promise.all(
      notifications.receivers.map(async (receiver) => {
        const message = messageFor(receiver, events, about);
        if (message === undefined) return [];
        const variable = receiver.kind === "email" ? receiver.smtpFrom : receiver.urlFrom;
        const address = env[variable];
        // A trial tells nobody unless it was told whom.
        if (!address) return local ? [] : [`${named(receiver)} not told: ${variable} is not set`];
        if (!allowed(address, local)) return [`${named(receiver)} not told: the local world writes only to this machine`];
        return send(receiver, address, message, promotion, patience).then(
          () => [],
          (error: unknown) => [`${named(receiver)} not told: ${reason(error, address)}`],
        );
      }),
    );
    return told.flat();
  } catch (error) {
    return [`nobody was told: ${reason(error, "")}`];
  }
}

const named = ({ kind, on }: Receiver): string => `${kind} (${on.length > 3 ? `${on.slice(0, 2).join(", ")}, …` : on.join(", ")})`;

/** A trial must not ring in the real team's chat. */
function allowed(address: string, local: boolean): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : "";
  return !local || ["127.0.0.1", "localhost", "[::1]"].includes(host);
}

const reason = (error: unknown, address: string): string => {
  const text = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  if (address === "") return text;
  const secrets = URL.canParse(address) ? [address, new URL(address).password, new URL(address).pathname.slice(1)] : [address];
  return secrets.filter((secret) => secret.length > 3).reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
};

async function gatherAbout(
  project: ProjectSummary,
  ledger: Ledger,
  settings: NotificationSettings,
  promotion: About["promotion"],
): Promise<About> {
  const commits = new Map<string, string[]>();
  const { events } = await ledger.read();
  for (const { what } of events)
    if (what.kind === "release")
      commits.set(
        what.release.id,
        what.commits.map(({ subject }) => subject),
      );
  const addresses = new Map<string, string>();
  for (const stack of project.stacks) {
    const host = hostOf(project, stack);
    if (host !== undefined) addresses.set(stack, `https://${host}`);
  }
  return { project: project.name, settings, promotion, commits, addresses };
}

/** Where an environment is reached, as its file says. */
export function hostOf({ dir, name }: ProjectSummary, stack: string): string | undefined {
  const file = path.join(dir, `Pulumi.${stack}.yaml`);
  try {
    const environment = readValue({ file, text: readFileSync(file, "utf8") }, name, "environment");
    return EnvironmentSettings.shape.host.safeParse((environment as { host?: unknown } | undefined)?.host).data;
  } catch {
    return undefined; // An environment whose file cannot be read has no address to tell.
  }
}
