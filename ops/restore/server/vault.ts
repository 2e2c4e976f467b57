import { restoreCheckName } from "../../../components/azure/restore-check.ts";
import { vaultName } from "../../../components/vault.ts";
import { type Configuration, settingOf } from "../../promotion/configuration.ts";
import { isRecord } from "../../report/diff.ts";
import { runJob } from "../run-job.ts";
import { liveConfiguration } from "../steps.ts";
import type { ServerRestore } from "./run.ts";

/** Where the database's address is kept that people write: nothing here can change it, but see what it names. */
export interface KeptByPeople {
  readonly key: string;
  readonly vault: string;
}

export function keptByPeople(configuration: Configuration, project: string): KeptByPeople | undefined {
  const application = settingOf(configuration, project, "application");
  const environment = settingOf(configuration, project, "environment");
  const vault = isRecord(environment) && isRecord(environment.azure) ? environment.azure.vault : undefined;
  const key = isRecord(application) && isRecord(application.database) ? application.database.secret : undefined;
  if (!isRecord(vault) || vault.values === "stack" || !Array.isArray(vault.sets) || typeof key !== "string") return undefined;
  const sets = isRecord(application) && isRecord(application.secrets) ? Object.entries(application.secrets) : [];
  const holds = sets.filter(([, set]) => isRecord(set) && isRecord(set.keys) && Object.hasOwn(set.keys, key));
  const { sets: stored } = vault;
  return holds.some(([name]) => stored.includes(name)) ? { key, vault: String(vault.name) } : undefined;
}

/**
 * While everything that writes is stopped: does the address that services will read name this server? One that the stack itself delivers will. What
 * people keep in a vault a Job reads; until it names the server they are asked to write it, or, where nobody can be asked, told how to go on.
 */
export async function addressNames(restore: ServerRestore, server: string, host: string, again: string): Promise<boolean> {
  const { context, opened } = restore;
  const { io, say, signal } = context;
  const kept = keptByPeople(liveConfiguration(opened), opened.project.name);
  while (kept !== undefined) {
    const env = { HOST: host, NAMED: "yes" };
    const ran = await runJob(context, opened.cluster, { cronJob: restoreCheckName, env, text: `reading what ${kept.key} names` });
    if (ran.outcome === "succeeded") return true;
    if (signal.aborted) return false;
    const write = `${kept.key} in the vault ${kept.vault} must name ${host} now; all else of it stays. Write it from a file, so that it stands in no list of commands:\n  az keyvault secret set --vault-name ${kept.vault} --name ${vaultName(kept.key)} --file FILE`;
    io.err(`${opened.stack} is not started on ${server}: ${ran.why}.`);
    if (!io.interactive) {
      io.err(`${write}\nThen: ${again}`);
      return false;
    }
    say(write);
    if ((await io.ask("Press Enter when it is written, or type stop: ")).trim() === "stop") {
      io.err(`${opened.stack} stays stopped. To go on: ${again}`);
      return false;
    }
  }
  return true;
}
