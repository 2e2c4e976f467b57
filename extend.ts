import type { Extension } from "./components/extension.ts";

/**
 * Resources of your own, created with the environment and promoted, previewed and destroyed with it. What is returned becomes the
 * stack's output `own`. For example, an extra ConfigMap in the environment's namespace:
 *
 *     import * as k8s from "@pulumi/kubernetes";
 *     new k8s.core.v1.ConfigMap("notice", { metadata: { namespace }, data: { text: settings.stack } }, options);
 */
export const extend: Extension = () => ({});
