import { z } from "zod";
import { PlatformAzure } from "../azure/platform.schema.ts";
import { PlatformGateway } from "./gateway.schema.ts";
import { PlatformGithub } from "./github.schema.ts";

/**
 * `platform` in Pulumi.<stack>.yaml, in the place of `environment`: what environments share. This key alone makes a stack a platform
 * stack. Each part is a schema of its own beside this file, and a function that platform.ts calls.
 */
export const PlatformSettings = z.strictObject({
  protect: z.boolean().default(true).describe("Nothing in it can be destroyed or replaced"),
  github: PlatformGithub.optional().describe("Rules of the repository as a whole"),
  gateway: PlatformGateway.optional().describe("Gateways that environments share, in the platform's cluster"),
  azure: PlatformAzure.optional().describe("Resource group, cluster, registry and network in Azure"),
});
export type PlatformSettings = z.infer<typeof PlatformSettings>;
