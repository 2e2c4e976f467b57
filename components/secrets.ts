import { ApplicationSettings } from "./application.schema.ts";
import { EnvironmentAzure } from "./azure/environment.schema.ts";
import type { SecretKeySettings } from "./configuration.schema.ts";
import type { Finding } from "./faults.ts";
import { present } from "./model.ts";

/** A secret that an application asks for: a flat secret key of the stack file. */
export interface DeclaredSecret {
  key: string;
  /** Set that it belongs to, which is the name under which the application finds it; none for a secret of workflows alone. */
  set?: string;
  /** What a generated value must look like. */
  format: SecretKeySettings["format"];
  only?: string[] | undefined;
  except?: string[] | undefined;
}

/**
 * Secrets that the application declares; those of one environment when `stack` is given, and with the `environment`'s settings (as read from its file)
 * those alone that its stack must hold. An application that is not valid declares none.
 */
export function declaredSecrets(application: unknown, stack?: string, environment?: unknown): DeclaredSecret[] {
  const parsed = ApplicationSettings.safeParse(application);
  return parsed.success ? neededOf(parsed.data, stack, environment) : [];
}

function neededOf(application: ApplicationSettings, stack?: string, environment?: unknown): DeclaredSecret[] {
  const elsewhere = setsOfPeople(environment);
  const holders = (key: string) => Object.keys(application.secrets).filter((set) => Object.hasOwn(application.secrets[set]!.keys, key));
  // The Gateway, workflows and a set of the stack's own ask the stack, whatever the vault holds.
  const isElsewhere = ({ key, format }: DeclaredSecret) =>
    format !== "htpasswd" && application.repository?.secrets[key] === undefined && holders(key).every((set) => elsewhere.includes(set));
  return secretsOf(application, stack).filter((secret) => elsewhere.length === 0 || !isElsewhere(secret));
}

/** Sets whose values people keep in the environment's vault: no stack holds them. */
function setsOfPeople(environment: unknown): readonly string[] {
  const azure = (environment as { azure?: { vault?: unknown } } | null | undefined)?.azure;
  const vault = EnvironmentAzure.shape.vault.safeParse(azure?.vault).data;
  return vault?.values === "people" ? vault.sets : [];
}

/** The same of an application that was read already, also of what could be salvaged of a faulty one. */
function secretsOf({ secrets, repository }: ApplicationSettings, stack?: string): DeclaredSecret[] {
  const declared = Object.entries(secrets).flatMap(([set, { keys }]) =>
    Object.entries(keys).map(([key, { format, only, except }]): DeclaredSecret => ({ key, set, format, only, except })),
  );
  const ofSets = new Set(declared.map(({ key }) => key));
  // A key of both has one value: the application's, handed to workflows as well.
  const ofWorkflows = Object.entries(repository?.secrets ?? {}).flatMap(([key, { only, except }]): DeclaredSecret[] =>
    ofSets.has(key) ? [] : [{ key, format: "text", only, except }],
  );
  return [...declared, ...ofWorkflows].filter((secret) => stack === undefined || present(secret, stack));
}

/** Every declared secret is set and encrypted, and no other key stands beside them. `keys`: the project's own keys, without `project:`. */
export function checkSecrets(
  application: ApplicationSettings,
  stack: string,
  keys: readonly string[],
  encrypted: ReadonlySet<string>,
  environment?: unknown,
): Finding[] {
  const found: Finding[] = [];
  const add = (key: string, message: string) => found.push({ part: "secrets", path: [key], message });
  // A key may stand in several sets: it exists here if it does in any of them.
  const declared = new Set(secretsOf(application).map(({ key }) => key));
  const here = new Set(secretsOf(application, stack).map(({ key }) => key));
  const needed = new Set(neededOf(application, stack, environment).map(({ key }) => key));
  for (const key of declared) {
    const command = `pulumi config set --secret ${key} --stack ${stack}`;
    if (!here.has(key)) {
      if (keys.includes(key)) add(key, `must not be set here: application.secrets leaves out ${stack} for it`);
    } else if (!keys.includes(key)) {
      if (needed.has(key)) add(key, `is missing. Set it: ${command}`);
    } else if (!encrypted.has(key)) {
      add(key, `is a secret, and stands here in clear. Encrypt it: ${command}, and change the value, which git has seen`);
    }
  }
  for (const key of keys) {
    if (!declared.has(key))
      add(
        key,
        encrypted.has(key)
          ? "is a secret that the application does not declare: add it to a set of application.secrets"
          : "is not a known setting; known here: environment, release, and the secrets that the application declares",
      );
  }
  return found;
}
