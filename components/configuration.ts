import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { flagsDirectory, flagsFile } from "./flags.ts";
import { labelsOf } from "./labels.ts";
import { present, secretKeysOf } from "./model.ts";
import { type Delivery, deliver, mountDirectory, secretsDirectory, variables } from "./mounts.ts";
import { joinMounts, type Mounts, noMounts } from "./pod.ts";
import { SecretStore, type VaultAccess } from "./secret-store.ts";
import type { LoadedSettings } from "./settings.ts";
import { coloursOf, isColoured } from "./strategy/colours.ts";
import type { Colour } from "./strategy/strategy.schema.ts";
import { isFromVault, setOf } from "./vault.ts";
import type { ServiceSettings } from "./workload.schema.ts";

export interface ConfigurationArgs {
  readonly settings: LoadedSettings;
  readonly namespace: pulumi.Input<string>;
  /** Where the sets come from that the settings name. */
  readonly vault?: VaultAccess | undefined;
}

/**
 * The environment's configuration: an immutable ConfigMap or Secret for each set, and the flags. A change makes a new object under a
 * new name, which rolls the services that read it and no others; the old one goes after them. Flags keep their name and are changed
 * in place: running pods see that, and nothing restarts.
 */
export class Configuration extends pulumi.ComponentResource {
  readonly #configMaps: Record<string, k8s.core.v1.ConfigMap> = {};
  readonly #secrets: Record<string, k8s.core.v1.Secret> = {};
  readonly #stores: Record<string, SecretStore> = {};
  readonly #flags: k8s.core.v1.ConfigMap | undefined;
  readonly #settings: LoadedSettings;

  constructor(name: string, { settings, namespace, vault }: ConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args: Pulumi writes a component's arguments into its state, secrets in clear among them.
    super("liftlock:configuration:Configuration", name, {}, opts);
    this.#settings = settings;
    const { application, environment, stack } = settings;
    const metadata = (set: string) => ({ namespace, labels: labelsOf(set, application.name) });

    const configMap = (set: string, key = set, ignoreChanges: string[] = []) => {
      const { keys } = application.config[set]!;
      const values = Object.keys(keys).filter((name) => present(keys[name] ?? {}, stack));
      const data = Object.fromEntries(values.map((name) => [name, String(environment.config[set]?.[name])]));
      this.#configMaps[key] = new k8s.core.v1.ConfigMap(
        key,
        { metadata: metadata(set), immutable: true, data },
        { parent: this, ignoreChanges },
      );
    };
    const secret = (set: string, key = set, ignoreChanges: string[] = []) => {
      const keys = secretKeysOf(application, set, stack);
      if (keys.length === 0) return; // nothing of it exists here
      if (vault !== undefined && isFromVault(set, environment)) {
        this.#stores[set] ??= new SecretStore({ set, keys, vault, metadata: metadata(set) }, this);
        return;
      }
      const stringData = Object.fromEntries(keys.map((name) => [name, settings.secrets[name]!]));
      this.#secrets[key] = new k8s.core.v1.Secret(
        key,
        { metadata: metadata(set), immutable: true, stringData },
        { parent: this, ignoreChanges },
      );
    };
    for (const set of Object.keys(application.config)) configMap(set);
    for (const set of Object.keys(application.secrets)) secret(set);
    // A colour that stays as it is must find what it reads as it was, for as long as it may start another pod.
    for (const service of application.services.filter((candidate) => isColoured(candidate, settings))) {
      for (const { colour, frozen } of coloursOf(service, settings).all) {
        for (const set of service.config) configMap(set, ofColour(set, service, colour), frozen ? ["data"] : []);
        for (const set of service.secrets) secret(set, ofColour(set, service, colour), frozen ? ["stringData"] : []);
      }
    }
    if (Object.keys(application.flags).length > 0) {
      const flags = { metadata: { ...metadata("flags"), name: "flags" }, data: { "flags.json": flagsFile(environment.flags) } };
      this.#flags = new k8s.core.v1.ConfigMap("flags", flags, { parent: this });
    }
    this.registerOutputs({});
  }

  /** What a service reads, as the pods of one of its colours and the tasks that run with its image mount it. */
  mountsOf(service: ServiceSettings, colour?: Colour): Mounts {
    const { application } = this.#settings;
    const key = (set: string) => (colour === undefined ? set : ofColour(set, service, colour));
    return joinMounts(
      ...service.config.map((set) => this.#mountConfigMap(set, key(set), application.config[set]?.as ?? "env")),
      ...service.secrets.map((set) => this.#mountSecret(set, key(set), application.secrets[set]?.as ?? "files")),
      service.flags && this.#flags !== undefined
        ? mountDirectory("flags", flagsDirectory, { configMap: { name: this.#flags.metadata.name } })
        : noMounts,
    );
  }

  /** Where the file with one secret lies, and how to mount it alone: for Jobs that need no other. */
  secretFile(key: string): { path: string; mounts: Mounts } {
    const set = setOf(key, this.#settings);
    const [secret, store] = set === undefined ? [] : [this.#secrets[set], this.#stores[set]];
    const path = `${secretsDirectory}/${set}/${key}`;
    if (store !== undefined) return { path, mounts: store.mounts(`${secretsDirectory}/${set}`, key) };
    if (secret === undefined) throw new pulumi.RunError(`${key} is not among the secrets of ${this.#settings.stack}`);
    const source = { secret: { secretName: secret.metadata.name, items: [{ key, path: key }], defaultMode: 0o440 } };
    return { path, mounts: mountDirectory(`secret-${set}`, `${secretsDirectory}/${set}`, source) };
  }

  /** Names of all versions in use, for what must happen again when any of them changes. */
  get versions(): pulumi.Output<string> {
    const { config, secrets } = this.#settings.application;
    return this.#versionsOf(Object.keys(config), Object.keys(secrets));
  }

  /** Names of the versions that one colour of a service uses. */
  versionsOf(service: ServiceSettings, colour: Colour): pulumi.Output<string> {
    const key = (set: string) => ofColour(set, service, colour);
    return this.#versionsOf(service.config.map(key), service.secrets.map(key));
  }

  #versionsOf(configMaps: readonly string[], secrets: readonly string[]): pulumi.Output<string> {
    const objects = [...configMaps.map((key) => this.#configMaps[key]), ...secrets.map((key) => this.#secrets[key])];
    const names = objects.flatMap((object) => (object === undefined ? [] : [object.metadata.name]));
    // A store is the same for both colours: a vault has one value.
    const stored = secrets.flatMap((key) => this.#stores[key.split(".")[0]!]?.versions ?? []);
    return pulumi.all([...names, ...stored]).apply((all) => [...all].sort().join(" "));
  }

  #mountConfigMap(set: string, key: string, as: Delivery): Mounts {
    const name = this.#configMaps[key]?.metadata.name;
    if (name === undefined) return noMounts;
    return deliver(as, { configMapRef: { name } }, mountDirectory(`config-${set}`, `/etc/config/${set}`, { configMap: { name } }));
  }

  #mountSecret(set: string, key: string, as: Delivery): Mounts {
    const store = this.#stores[set];
    // Also where only variables are wanted: the driver keeps a Secret for what pods have mounted, and for nothing else.
    if (store !== undefined) return joinMounts(store.mounts(`${secretsDirectory}/${set}`), variables(as, set));
    const name = this.#secrets[key]?.metadata.name;
    if (name === undefined) return noMounts;
    return deliver(
      as,
      { secretRef: { name } },
      mountDirectory(`secret-${set}`, `${secretsDirectory}/${set}`, { secret: { secretName: name, defaultMode: 0o440 } }),
    );
  }
}

/** A colour's own version of a set. No set is called so: a colour's name is no service's, and dots are in no set's name. */
const ofColour = (set: string, { name }: ServiceSettings, colour: Colour): string => `${set}.${name}.${colour}`;
