import { type Judging, WORKLOADS } from "../../../../readiness/workloads.ts";
import type { PropertyMap } from "../../../engine/values.ts";
import {
  judgeClaim,
  judgeDefinition,
  judgeIngress,
  judgeNamespace,
  judgeQuota,
  judgeSecret,
  judgeService,
  judgeVolume,
} from "./simple-kinds.ts";

/** How to tell that an object of a kind is ready, and what else must be watched for it. */
export interface Awaiter extends Judging {
  /** Seconds, where the kind has another default than 10 minutes (figures: pulumi-kubernetes, await/awaiters.go). */
  defaultTimeoutSeconds?: number;
}

export const DEFAULT_TIMEOUT_SECONDS = 600;

const AWAITERS: Record<string, Awaiter> = {
  ...WORKLOADS,
  "v1/Namespace": { judge: judgeNamespace, watches: [] },
  "v1/Service": { judge: judgeService, watches: [] },
  "v1/Secret": { judge: judgeSecret, watches: [] },
  "v1/ResourceQuota": { judge: judgeQuota, watches: [], defaultTimeoutSeconds: 60 },
  "v1/PersistentVolume": { judge: judgeVolume, watches: [], defaultTimeoutSeconds: 300 },
  "v1/PersistentVolumeClaim": { judge: judgeClaim, watches: [], defaultTimeoutSeconds: 300 },
  "networking.k8s.io/v1/Ingress": { judge: judgeIngress, watches: [] },
  "apiextensions.k8s.io/v1/CustomResourceDefinition": { judge: judgeDefinition, watches: [] },
};

/** Undefined for kinds that are ready as soon as they exist. */
export const awaiterOf = (object: PropertyMap): Awaiter | undefined => AWAITERS[`${String(object.apiVersion)}/${String(object.kind)}`];
