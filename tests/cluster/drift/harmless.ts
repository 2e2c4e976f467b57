import type { Json } from "../../../ops/report/diff.ts";
import type { Hand } from "./hand.ts";
import { create, edit, job, remove } from "./steps.ts";

/** What happens by itself or is nobody's drift: none of it may be reported. */
export const harmless: readonly { readonly name: string; readonly make: (hand: Hand) => Promise<unknown> }[] = [
  { name: "nothing", make: async () => {} },
  { name: "the autoscaler scales within its bounds", make: (hand) => hand.scale("deployments", "api", 3, "kube-controller-manager") },
  { name: "somebody scales within the autoscaler's bounds", make: (hand) => hand.scale("deployments", "api", 2) },
  {
    name: "a pod deleted, and made anew",
    make: async (hand) => {
      const [pod] = await hand.list("pods");
      if (pod !== undefined) await hand.remove("pods", String((pod.metadata as Json).name));
    },
  },
  {
    name: "a status written",
    make: (hand) => hand.edit("deployments", "api", { status: { observedGeneration: 1 } }, "some-operator", "status"),
  },
  { name: "the same value set again", make: edit("deployments", "worker", { spec: { replicas: 1 } }) },
  {
    name: "the same manifest applied by another tool",
    make: (hand) =>
      hand.apply(
        "configmaps",
        "settings",
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { LEVEL: "info" } },
        "other-tool",
      ),
  },
  {
    name: "a controller's annotation",
    make: edit("services", "api", { metadata: { annotations: { "cloud.example.com/lb": "1" } } }, "cloud-controller-manager"),
  },
  {
    name: "a lease taken",
    make: create("leases", "coordination.k8s.io/v1", "Lease", { metadata: { name: "leader" }, spec: { holderIdentity: "api-1" } }),
  },
  {
    name: "an event",
    make: (hand) =>
      hand.create("events", {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "seen" },
        involvedObject: { kind: "Service", name: "api", namespace: hand.namespace },
        reason: "Seen",
        type: "Normal",
      }),
  },
  { name: "the default service account gone, and made anew", make: remove("serviceaccounts", "default") },
  { name: "the cluster's certificate authority gone, and made anew", make: remove("configmaps", "kube-root-ca.crt") },
  {
    name: "a cron job's run",
    make: async (hand) => {
      const { metadata } = (await hand.get("cronjobs", "nightly")) as { metadata: { uid: string } };
      const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: metadata.uid, controller: true };
      return hand.create(
        "jobs",
        { apiVersion: "batch/v1", kind: "Job", metadata: { name: "nightly-1", ownerReferences: [owner] }, spec: job },
        "kube-controller-manager",
      );
    },
  },
];
