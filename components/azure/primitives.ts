import { z } from "zod";

/** Named atoms of Azure's settings. Names as Azure's naming rules have them: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const text = (pattern: RegExp, expected: string) => z.string().regex(pattern, { error: `must be ${expected}` });

export const ResourceGroupName = text(
  /^[\w.()-]{0,89}[\w()-]$/,
  "a resource group's name: at most 90 letters, digits, dashes, underscores, periods and parentheses, no period last",
);
export const RegistryName = text(/^[A-Za-z0-9]{5,50}$/, "a registry's name: 5 to 50 letters and digits, unique in all of Azure");
export const ClusterName = text(
  /^[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?$/,
  "a cluster's name: at most 63 letters, digits, dashes and underscores, a letter or digit at both ends",
);
export const PoolName = text(/^[a-z][a-z0-9]{0,11}$/, "a node pool's name: at most 12 lower-case letters and digits, a letter first");
export const ServerName = text(
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  "a database server's name: 3 to 63 lower-case letters, digits and dashes, unique in all of Azure",
);
export const DatabaseName = text(/^[a-z_][a-z0-9_]{0,62}$/, "a database's name: at most 63 lower-case letters, digits and underscores");
export const VaultName = text(
  /^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
  "a vault's name: 3 to 24 letters, digits and single dashes, a letter first, unique in all of Azure",
);
export const CacheName = text(
  /^[A-Za-z0-9](?!.*--)[A-Za-z0-9-]{0,58}[A-Za-z0-9]$/,
  "a cache's name: at most 60 letters, digits and single dashes, unique in all of Azure",
);
export const GrafanaName = text(
  /^[A-Za-z][A-Za-z0-9-]{0,21}[A-Za-z0-9]$/,
  "a Grafana's name: 2 to 23 letters, digits and dashes, a letter first",
);
/** Of the workspace for logs, and what is named after it: an endpoint for metrics (`NAME-prometheus`) has 44 characters at most. */
export const WorkspaceName = text(
  /^[A-Za-z0-9][A-Za-z0-9-]{2,31}[A-Za-z0-9]$/,
  "a workspace's name: 4 to 33 letters, digits and dashes, a letter or digit at both ends",
);
export const Location = text(/^[a-z]+[a-z0-9]*$/, "an Azure region in its short form, such as westeurope");
export const Uuid = z.uuid({ error: "must be a GUID, such as 0b1f6471-1bf0-4dda-aec3-cb9272f09590" });
export const EarlierTypes = z
  .boolean()
  .default(false)
  .describe(
    "The stack's state is another program's, and may hold types of earlier API versions: they are found by them. Slower; false once it has come up",
  );
export const Email = z.email({ error: "must be an e-mail address" });
export const Zone = z.enum(["1", "2", "3"], { error: 'must be "1", "2" or "3"' });
export const VmSize = text(/^Standard_[A-Za-z0-9_]+$/, "a size of virtual machines, such as Standard_D2ds_v5");

/** The part of the day and week in which Azure may change things, in UTC. */
export const Window = z.strictObject({
  day: z.enum(["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"], {
    error: "must be a day of the week, such as Sunday",
  }),
  hour: z.int().min(0, { error: "must be from 0 to 23" }).max(23, { error: "must be from 0 to 23" }),
});
export type Window = z.infer<typeof Window>;

/** What things may cost, and with it how strong they are; each size can be set by itself too. */
export const Tier = z.enum(["low", "medium", "high"], { error: "must be low, medium or high" });
export type Tier = z.infer<typeof Tier>;

export const Budget = z.strictObject({
  amount: z.number().positive({ error: "must be more than 0" }).describe("A month, in the currency of the bill"),
  start: text(
    /^\d{4}-(0[1-9]|1[0-2])-01$/,
    "the first day of a month, such as 2026-12-01, and stay what it is: Azure refuses another later",
  ),
  contacts: z.array(Email).min(1, { error: "must name who is told" }),
  thresholds: z
    .array(z.number().min(0.01).max(1000))
    .min(1)
    // A budget has five notices (Azure REST API, Budgets), and one of them is of what is foreseen.
    .max(4, { error: "must be at most 4" })
    .default([50, 80, 100])
    .describe("Per cent of the amount at which they are told; the last also when it is only foreseen"),
});
export type Budget = z.infer<typeof Budget>;
