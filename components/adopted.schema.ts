import { z } from "zod";
import { KubernetesName, Port, ShortName } from "./primitives.ts";

/** A label as Kubernetes has it: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
const LabelKey = z
  .string()
  .regex(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, { error: "must be a label's key, such as app" });
const LabelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, { error: "must be a label's value, such as web" });

/**
 * What the objects of a service keep of the time before Liftlock, because Kubernetes never changes it in place or because others know it:
 * with it an existing Deployment or StatefulSet goes on instead of being made anew. `liftlock init --from-namespace` writes it.
 */
export const AdoptedSettings = z.strictObject({
  selector: z
    .record(LabelKey, LabelValue)
    .refine((labels) => Object.keys(labels).length > 0, { error: "must name a label, or be left out" })
    .optional()
    .describe("Labels by which the Deployment or StatefulSet chooses its pods; left out, app.kubernetes.io/name"),
  ports: z.array(Port).default([]).describe("Ports at which the Service answers beside 80"),
  serviceName: KubernetesName.optional().describe("Governing Service of the StatefulSet; left out, the service's name with -pods"),
  claims: z
    .record(ShortName, KubernetesName)
    .default({})
    .describe("Claim template of the StatefulSet, by volume; left out, data- and the volume's name"),
  autoscaler: KubernetesName.optional().describe("Name of the HorizontalPodAutoscaler; left out, the service's"),
  disruptionBudget: KubernetesName.optional().describe("Name of the PodDisruptionBudget; left out, the service's"),
  route: KubernetesName.optional().describe("Name of the HTTPRoute; left out, the service's"),
});
export type AdoptedSettings = z.infer<typeof AdoptedSettings>;
