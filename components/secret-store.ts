import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { own } from "./labels.ts";
import type { Mounts } from "./pod.ts";
import { vaultName } from "./vault.ts";

/** An environment's vault, as pods reach it. */
export interface VaultAccess {
  readonly name: string;
  readonly tenantId: pulumi.Input<string>;
  /** Identity that the pods' accounts take on. */
  readonly clientId: pulumi.Input<string>;
  /** Ids of the values that this stack wrote there, by key; nothing where people write. */
  readonly versions: Readonly<Record<string, pulumi.Input<string>>>;
  /** Whatever people set anew after they changed a value. */
  readonly revision: string | undefined;
}

export interface StoreArgs {
  readonly set: string;
  readonly keys: readonly string[];
  readonly vault: VaultAccess;
  readonly metadata: { readonly namespace: pulumi.Input<string>; readonly labels: Record<string, string> };
}

/**
 * One set of secrets as the Secrets Store CSI driver takes it from the vault (https://secrets-store-csi-driver.sigs.k8s.io): a file for each key, and,
 * while a pod has it mounted, a Secret under the set's own name.
 */
export class SecretStore {
  readonly #args: StoreArgs;
  readonly #name: pulumi.Output<string>;

  constructor(args: StoreArgs, parent: pulumi.Resource) {
    this.#args = args;
    const { set, keys, vault, metadata } = args;
    const object = (key: string) => stringify({ objectName: vaultName(key), objectType: "secret", objectAlias: key });
    const store = new k8s.apiextensions.CustomResource(
      `vault-${set}`,
      {
        apiVersion: "secrets-store.csi.x-k8s.io/v1",
        kind: "SecretProviderClass",
        metadata: { ...metadata, name: set },
        spec: {
          provider: "azure",
          parameters: {
            usePodIdentity: "false",
            clientID: vault.clientId,
            tenantID: vault.tenantId,
            keyvaultName: vault.name,
            objects: stringify({ array: keys.map(object) }),
          },
          secretObjects: [
            { secretName: set, type: "Opaque", labels: metadata.labels, data: keys.map((key) => ({ objectName: key, key })) },
          ],
        },
      },
      { parent },
    );
    this.#name = store.metadata.name;
  }

  /** Whatever changes when a value does, as far as this stack knows of it. */
  get versions(): pulumi.Output<string>[] {
    const { keys, vault } = this.#args;
    const all = [...keys.flatMap((key) => vault.versions[key] ?? []), ...(vault.revision === undefined ? [] : [vault.revision])];
    return all.map((version) => pulumi.output(version));
  }

  /** What a pod mounts, and what it and its account must be for the driver to let it. `only`: that key alone. */
  mounts(directory: string, only?: string): Mounts {
    const { set, vault } = this.#args;
    const name = `secret-${set}`;
    const volumeAttributes = { secretProviderClass: this.#name };
    const file = only === undefined ? { mountPath: directory } : { mountPath: `${directory}/${only}`, subPath: only };
    const { versions } = this;
    return {
      volumes: [{ name, csi: { driver: "secrets-store.csi.k8s.io", readOnly: true, volumeAttributes } }],
      volumeMounts: [{ name, ...file, readOnly: true }],
      envFrom: [],
      marks: {
        labels: { "azure.workload.identity/use": "true" },
        annotations: versions.length === 0 ? {} : { [own(`vault-${set}`)]: pulumi.all(versions).apply((all) => all.join(" ")) },
        account: { "azure.workload.identity/client-id": vault.clientId, "azure.workload.identity/tenant-id": vault.tenantId },
      },
    };
  }
}
