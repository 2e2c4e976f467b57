import type * as pulumi from "@pulumi/pulumi";

/**
 * What a component waits for, to be handed on to the children whose order matters. They would wait all the same (a child is registered
 * after its parent), but only what stands in a resource's own dependencies is kept in state and holds when things are taken away.
 */
export const waitsFor = (opts: pulumi.ComponentResourceOptions | undefined): pulumi.Resource[] =>
  [opts?.dependsOn ?? []].flat() as pulumi.Resource[];
