import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CustomObjectsApi } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { PromotionSettings } from "../../../components/gates.schema.ts";
import { stackObjects } from "../../../ops/operator/stack-objects.ts";
import { clusterClient, eventually, temporaryNamespace } from "../setup.ts";

/** The operator's own definitions: they do not travel with the project. LIFTLOCK_OPERATOR_CRDS names a folder that has them. */
const folder = process.env.LIFTLOCK_OPERATOR_CRDS ?? path.resolve("../shared/data/pulumi-kubernetes-operator");
const file = path.join(folder, "pulumi.com_stacks.yaml");

test("the API server takes every Stack object by the operator's own definition, no field unknown", async () => {
  if (!existsSync(file)) {
    console.log(
      `not run: the definitions of the Pulumi Kubernetes Operator are not there (${file}; LIFTLOCK_OPERATOR_CRDS names their folder)`,
    );
    return;
  }
  const { config } = clusterClient();
  const api = config.makeApiClient(CustomObjectsApi);
  // As they are: the client's own types know no `x-kubernetes-…` and would leave it out.
  const definitions = { group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions" };
  const definition = parse(readFileSync(file, "utf8")) as { metadata: { name: string } };
  await api.createClusterCustomObject({ ...definitions, body: definition });
  const { namespace, remove } = await temporaryNamespace("operator");
  try {
    const objects = stackObjects(["platform", "development", "production"], {
      project: "ferry",
      promotion: PromotionSettings.parse({ path: ["development", "production"] }),
      platforms: ["platform"],
      repository: "https://github.com/acme/ferry",
      branch: "main",
      folder: "deploy",
      backend: "azblob://state",
      organization: "organization",
      namespace,
      gitSecret: "git",
      serviceAccount: "deployer",
      image: "registry.example.com/pulumi:3",
    });
    const kind = { group: "pulumi.com", version: "v1", plural: "stacks", namespace };
    const create = (object: object) => api.createNamespacedCustomObject({ ...kind, body: object, fieldValidation: "Strict" });
    await eventually("the definition is served", () =>
      create(objects[0]!).then(
        () => true,
        (error: { code?: number }) => (error.code === 404 ? undefined : Promise.reject(error)),
      ),
    );
    for (const object of objects.slice(1)) await create(object);
    const { items } = (await api.listNamespacedCustomObject(kind)) as { items: { metadata: { name: string } }[] };
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(["ferry-development", "ferry-platform", "ferry-production"]);
    const unknown = { ...objects[0], metadata: { name: "other", namespace }, spec: { stack: "x", unheardOf: true } };
    await expect(create(unknown)).rejects.toThrow(/unheardOf/);
  } finally {
    await remove();
    await api.deleteClusterCustomObject({ ...definitions, name: definition.metadata.name });
  }
});
