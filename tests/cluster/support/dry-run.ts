import { CustomObjectsApi } from "@kubernetes/client-node";
import { redact } from "../../../local/engine/values.ts";
import { clusterClient } from "../setup.ts";

// biome-ignore lint/suspicious/noExplicitAny: manifests
export type Manifest = any;

/** Whether the real API server would take custom objects, by the definitions that it has: every field known, nothing kept. */
export class DryRun {
  readonly #namespace: string;
  readonly #plurals: Readonly<Record<string, string>>;

  /** `plurals`: of each kind that is tried. */
  constructor(namespace: string, plurals: Readonly<Record<string, string>>) {
    this.#namespace = namespace;
    this.#plurals = plurals;
  }

  /** Those of a render's resources that are tried, as manifests. */
  manifests(resources: readonly { inputs: Parameters<typeof redact>[0] }[]): Manifest[] {
    return resources.map(({ inputs }): Manifest => redact(inputs)).filter(({ kind }) => Object.hasOwn(this.#plurals, kind));
  }

  /** The object as it would be; rejects with what the API server says. */
  create(object: Manifest): Promise<Manifest> {
    const [group, version] = object.apiVersion.split("/");
    const namespace = this.#namespace;
    return clusterClient()
      .config.makeApiClient(CustomObjectsApi)
      .createNamespacedCustomObject({
        group,
        version,
        namespace,
        plural: this.#plurals[object.kind]!,
        body: { ...object, metadata: { ...object.metadata, namespace } },
        dryRun: "All",
        fieldValidation: "Strict",
      });
  }
}
