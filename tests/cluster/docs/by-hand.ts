// `node tests/cluster/docs/by-hand.ts NAMESPACE` in a clone: what somebody does there by kubectl, for the page on drift. No shell has kubectl for sure.
import path from "node:path";
import process from "node:process";
import { AppsV1Api, CoreV1Api, KubeConfig, PatchStrategy, RbacAuthorizationV1Api, setHeaderOptions } from "@kubernetes/client-node";

const namespace = process.argv[2] ?? "";
const config = new KubeConfig();
config.loadFromFile(path.join(import.meta.dirname, "../../../.liftlock/cluster/kubeconfig"));

const apps = config.makeApiClient(AppsV1Api);
const change = { spec: { template: { spec: { containers: [{ name: "api", env: [{ name: "DEBUG", value: "1" }] }] } } } };
const strategic = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
await apps.patchNamespacedDeployment({ namespace, name: "api", body: change, fieldManager: "kubectl-set" }, strategic);

const binding = {
  metadata: { name: "debug" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
  subjects: [{ kind: "ServiceAccount", name: "api", namespace }],
};
await config
  .makeApiClient(RbacAuthorizationV1Api)
  .createNamespacedRoleBinding({ namespace, body: binding, fieldManager: "kubectl-create" });
const notes = { metadata: { name: "notes" }, data: { todo: "take DEBUG away" } };
await config.makeApiClient(CoreV1Api).createNamespacedConfigMap({ namespace, body: notes, fieldManager: "kubectl-create" });
