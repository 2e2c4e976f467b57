import { type DeclaredSecret, declaredSecrets } from "../../components/secrets.ts";
import { type Context, EXIT } from "../context.ts";
import { span } from "../gates/words.ts";
import { requireEnvironment, similar } from "../project-dir.ts";
import { readStackFile } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import { ciphertexts, keepSecret } from "../secret/keep.ts";
import { askForValue } from "../secret/value.ts";
import { keptInVault, writeThere } from "../secret/vault.ts";
import { committedAt, effectOf } from "../secret/words.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";

/** Sets, replaces or lists an environment's secrets. Values come from a prompt or standard input, and are never shown. */
export async function secret(context: Context, [action = "", name, key]: string[]): Promise<number> {
  const project = await context.selector.project();
  const stack = requireEnvironment(project, name);
  if (action === "list") return list(context, project, stack);
  if (action !== "set" && action !== "rotate") throw new UserError(`secret takes set, rotate or list; not "${action}".`, 2);
  const application = readApplication(project);
  const wanted = declaredFor(application, stack, key);
  const vault = keptInVault(project, application, stack);
  if (vault?.keys.has(wanted.key))
    throw new UserError(
      `${wanted.key} of ${stack} is kept in the vault ${vault.name}, by people: ${writeThere(vault.name, wanted.key)}. Then give azure.vault another revision in Pulumi.${stack}.yaml, and up: that starts its readers anew.`,
      2,
    );
  const local = context.options.local === true;
  const before = await present(project, stack, local);
  if (action === "rotate" && !before.has(wanted.key))
    throw new UserError(`${wanted.key} is not set for ${stack}: there is nothing to rotate. Set it: secret set ${stack} ${wanted.key}`, 2);
  const value = await askForValue(context.io, wanted);
  const how = await keep(context, project, stack, wanted.key, value);
  context.say(`${wanted.key} of ${stack} is ${before.has(wanted.key) ? "replaced" : "set"}: ${how}.`);
  context.say(effectOf(application, wanted));
  if (action === "rotate")
    context.say("Whoever checks the old value must know the new one by then: let both be valid until the restart is through.");
  context.say(`Next: ${context.command} up ${stack}${local ? " --local" : ""}`);
  return EXIT.done;
}

async function keep({ io, options }: Context, project: ProjectSummary, stack: string, key: string, value: string): Promise<string> {
  if (options.local) {
    const { keepValue } = await import("../local/secret-values.ts");
    await keepValue(project.dir, project.name, stack, key, value);
    return "kept in the local world, outside git";
  }
  const place = { projectDir: project.dir, project: project.name, stack, env: io.env, cwd: io.cwd, pulumi: options.pulumi };
  return keepSecret(place, key, value);
}

function declaredFor(application: unknown, stack: string, key: string | undefined): DeclaredSecret {
  const here = declaredSecrets(application, stack);
  const keys = here.map((one) => one.key);
  const known = keys.length === 0 ? `${stack} has none: declare it in application.secrets.` : `${stack} has: ${keys.join(", ")}.`;
  if (key === undefined) throw new UserError(`Which secret? ${known}`, 2);
  const found = here.find((one) => one.key === key);
  if (found !== undefined) return found;
  const near = similar(key, keys);
  throw new UserError(
    `The application declares no secret "${key}" for ${stack}. ${near === undefined ? known : `Did you mean ${near}?`}`,
    2,
  );
}

async function present(project: ProjectSummary, stack: string, local: boolean): Promise<ReadonlySet<string>> {
  if (!local) return new Set(Object.keys(ciphertexts(readStackFile(project.dir, stack), project.name)));
  return new Set(declaredSecrets(readApplication(project), stack).map(({ key }) => key));
}

async function list(context: Context, project: ProjectSummary, stack: string): Promise<number> {
  const application = readApplication(project);
  const file = readStackFile(project.dir, stack);
  const set = ciphertexts(file, project.name);
  const local = context.options.local === true;
  const vault = keptInVault(project, application, stack);
  const given = local ? await (await import("../local/secret-values.ts")).keptIn(project.dir, project.name, stack) : {};
  const rows = await Promise.all(
    declaredSecrets(application, stack).map(async ({ key, set: name, format }) => {
      const ciphertext = set[key];
      const since = !local && ciphertext !== undefined ? await committedAt(project.dir, file.file, ciphertext) : undefined;
      return {
        key,
        set: name ?? null,
        format,
        state: vault?.keys.has(key)
          ? `in ${vault.name}`
          : local
            ? key in given
              ? "given"
              : "made up"
            : ciphertext === undefined
              ? "missing"
              : "set",
        since,
      };
    }),
  );
  if (context.options.json) {
    context.io.out(JSON.stringify(rows, null, 2));
    return EXIT.done;
  }
  if (rows.length === 0) context.say(`The application declares no secret for ${stack}.`);
  const { printTable } = await import("../terminal/table.ts");
  const age = ({ state, since }: (typeof rows)[number]) =>
    since !== undefined ? span((Date.now() - Date.parse(since)) / 1000) : state === "set" ? "not committed" : "";
  if (rows.length > 0)
    printTable(
      context.say,
      ["secret", "read from", "is", "age"],
      rows.map((row) => [row.key, row.set ?? "workflows", row.state, age(row)]),
    );
  return rows.some(({ state }) => state === "missing") ? EXIT.failed : EXIT.done;
}
